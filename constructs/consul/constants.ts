/** Name of the servers' objects; an environment has one cluster. */
export const SERVER = 'consul-server';
/** Name of the agents' objects, and of the Service that routes a pod to the agent on its node. */
export const AGENT = 'consul-agent';
/** Service account that reconciles policies and the auth method with the contracts. */
export const PROVISIONER = 'consul-provisioner';
/** Service account of the snapshot Jobs. */
export const SNAPSHOT = 'consul-snapshot';
/** Service account that the servers use for TokenReviews. */
export const REVIEWER = 'consul-token-review';
/** Secret with the token for the servers' metrics. */
export const METRICS_SECRET = 'consul-metrics';

/** HTTPS API, which requires a certificate and a token. */
export const HTTPS_PORT = 8501;
/** RPC between agents and servers. */
export const RPC_PORT = 8300;
/** Gossip (Serf LAN) over TCP and UDP, encrypted with the gossip key. */
export const GOSSIP_PORT = 8301;

/** UID of the image. */
export const USER = 1000;
export const DATA = '/consul/data';
export const CONFIG = '/consul/config';
/** Folder of secrets, one file for each. */
export const SECRETS = '/var/run/groundwork/consul';

/** Name of the auth method that pods log in with. */
export const AUTH_METHOD = 'kubernetes';
/** File with the service account token that a service logs in with. */
export const LOGIN_TOKEN = '/var/run/groundwork/consul-login/token';

/** Name of the servers' objects; one cluster in an environment. */
export const SERVER = 'consul-server';
/** Name of the agents' objects, and of the Service that leads a pod to the agent on its own node. */
export const AGENT = 'consul-agent';
/** Service account that makes policies and the login agree with the contracts. */
export const PROVISIONER = 'consul-provisioner';
/** Service account of the Jobs that take snapshots. */
export const SNAPSHOT = 'consul-snapshot';
/** Service account by which the servers ask Kubernetes whose a token is. */
export const REVIEWER = 'consul-token-review';
/** Secret with the token that may read the servers' metrics. */
export const METRICS_SECRET = 'consul-metrics';

/** Everything that is asked over HTTPS, with a certificate and a token. */
export const HTTPS_PORT = 8501;
/** What agents ask of servers, and servers of each other. */
export const RPC_PORT = 8300;
/** Who is there: TCP and UDP, encrypted with the gossip key. */
export const GOSSIP_PORT = 8301;

/** User of the image. */
export const USER = 1000;
export const DATA = '/consul/data';
export const CONFIG = '/consul/config';
/** Secrets, one file each. */
export const SECRETS = '/var/run/groundwork/consul';

/** How pods log in: the name of Consul's auth method. */
export const AUTH_METHOD = 'kubernetes';
/** Where a service finds the token of its own account, with which it logs in. */
export const LOGIN_TOKEN = '/var/run/groundwork/consul-login/token';

/** Name of the nodes' objects, and of their headless Service; an environment has one cluster. */
export const CASSANDRA = 'cassandra';
/** Service account that reconciles keyspaces, roles and identities with the contracts. */
export const PROVISIONER = 'cassandra-provisioner';
/** Name of the only datacenter. */
export const DATACENTER = 'dc1';

/** Port for clients. */
export const CLIENT_PORT = 9042;
/** Port between nodes. */
export const STORAGE_PORT = 7000;
/** JMX for nodetool, on loopback only. */
export const JMX_PORT = 7199;
/** Port for the kubelet's probes, without TLS; it serves nothing else. */
export const PROBE_PORT = 8081;
export const METRICS_PORT = 9404;
/** Port of the JMX exporter in the JVM, on loopback only. */
export const EXPORTER_PORT = 9405;

/** UID of the image. */
export const USER = 999;
/** Mount path of the volume, and the data folder on it: a sub-folder, since the root may contain lost+found. */
export const VOLUME = '/var/lib/groundwork/cassandra';
export const DATA = `${VOLUME}/data`;
export const CONFIG = '/etc/groundwork/cassandra';

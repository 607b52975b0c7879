/** Name of the brokers' objects, and of the bootstrap Service; an environment has one cluster. */
export const KAFKA = 'kafka';
/** Name of the objects of separate controllers. */
export const CONTROLLER = 'kafka-controller';
/** Headless Services, which give each pod its DNS name. */
export const BROKERS_SERVICE = 'kafka-brokers';
export const CONTROLLERS_SERVICE = 'kafka-controllers';
/** Service account that reconciles topics, ACLs and quotas with the contracts. */
export const PROVISIONER = 'kafka-provisioner';

/** Listener for services. */
export const CLIENT_PORT = 9093;
/** Listener for replication between brokers. */
export const REPLICATION_PORT = 9092;
export const CONTROLLER_PORT = 9094;
/** Port for the kubelet's probes, without TLS; it serves nothing else. */
export const PROBE_PORT = 8081;
export const METRICS_PORT = 9404;
/** Port of the JMX exporter in the JVM, on loopback only. */
export const EXPORTER_PORT = 9405;

/** UID of the image. */
export const USER = 1000;
/** Folders. The public image declares volumes below /var/lib/kafka and /etc/kafka, which would hide ours. */
export const DATA = '/var/lib/groundwork/kafka';
export const CONFIG = '/etc/groundwork/kafka';

/** Node id of the first separate controller; node ids of brokers start at 0. */
export const FIRST_CONTROLLER = 100;

/** Name of the brokers' objects, and of the Service that clients ask first; one cluster in an environment. */
export const KAFKA = 'kafka';
/** Name of the controllers' objects where they run apart. */
export const CONTROLLER = 'kafka-controller';
/** Headless Services, which give each pod a name of its own. */
export const BROKERS_SERVICE = 'kafka-brokers';
export const CONTROLLERS_SERVICE = 'kafka-controllers';
/** Service account that makes topics, rights and quotas agree with the contracts. */
export const PROVISIONER = 'kafka-provisioner';

/** Services come in here. */
export const CLIENT_PORT = 9093;
/** Brokers copy from each other here. */
export const REPLICATION_PORT = 9092;
export const CONTROLLER_PORT = 9094;
/** Probes of the kubelet, in the clear: it serves nothing else. */
export const PROBE_PORT = 8081;
export const METRICS_PORT = 9404;
/** The exporter in the JVM, on loopback only. */
export const EXPORTER_PORT = 9405;

/** User of the image. */
export const USER = 1000;
/** Places of our own: below /var/lib/kafka and /etc/kafka the public image declares volumes, which would lie on top of ours. */
export const DATA = '/var/lib/groundwork/kafka';
export const CONFIG = '/etc/groundwork/kafka';

/** Kafka's node id of the first controller that runs apart; those of brokers count from 0. */
export const FIRST_CONTROLLER = 100;

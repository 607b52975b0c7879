/** Name of the objects and of the service account; an environment has one Prometheus. */
export const PROMETHEUS = 'prometheus';
/** HTTPS port of Prometheus. */
export const PROMETHEUS_PORT = 9090;
/** Folder of the configuration. */
export const CONFIG = '/etc/prometheus/config';
/** Folder of the rule files. */
export const RULES = '/etc/prometheus/rules';

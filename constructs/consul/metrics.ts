/** Metrics of the servers that rules and dashboards may use; each was read from a real server. */
export const CONSUL_METRICS = [
  'consul_autopilot_healthy',
  'consul_autopilot_failure_tolerance',
  'consul_server_isLeader',
  'consul_raft_leader_lastContact',
  'consul_raft_state_leader',
  'consul_raft_commitTime',
  'consul_catalog_register',
  'consul_acl_login',
  'consul_members_servers',
  'consul_members_clients',
  'consul_rpc_query',
] as const;

/** Name of a metric of Consul that Prometheus keeps. */
export type ConsulMetric = (typeof CONSUL_METRICS)[number];

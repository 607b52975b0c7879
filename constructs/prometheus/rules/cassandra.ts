import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/** Alerts for nodes of Cassandra. */
export const cassandraRules: RuleFile = {
  name: 'cassandra',
  of: 'cassandra',
  alerts: [
    alert({
      name: 'CassandraNodeDown',
      expr: 'max(cassandra_nodes_down) > 0',
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'Nodes of Cassandra that are down: {{ $value }}',
      description: 'Rows have one replica less: with two nodes down, those that both have can’t be read or written.',
      runbook: 'Check the pod and its log: disk, memory, certificate. Within three hours hints bring it up to date.',
      explains: [{ alert: 'CassandraRequestsFail' }, { alert: 'CassandraHints' }],
    }),
    alert({
      name: 'CassandraRequestsFail',
      expr: 'sum by (operation, reason) (rate(cassandra_request_failures_total[5m])) > 0.1',
      for: Duration.minutes(5),
      severity: 'page',
      summary: '{{ $labels.operation }} requests to Cassandra fail: {{ $labels.reason }}',
      description:
        'Unavailables: too few nodes for a quorum. Timeouts and failures: replicas are overloaded or broken.',
      runbook: 'Restore nodes that are down; otherwise look at pending compactions, CPU and disk of the slow ones.',
    }),
    alert({
      name: 'CassandraDropsMutations',
      expr: 'sum by (instance) (rate(cassandra_dropped_mutations_total[5m])) > 0',
      for: Duration.minutes(10),
      severity: 'ticket',
      summary: 'Cassandra {{ $labels.instance }} drops writes',
      description: 'It is overloaded: this replica lacks the rows until they are repaired. A quorum still has them.',
      runbook: 'Add CPU (resources) or nodes. The next repair corrects the replica.',
    }),
    alert({
      name: 'CassandraHints',
      expr: 'sum by (instance) (rate(cassandra_hints_total[5m])) > 0',
      for: Duration.minutes(30),
      severity: 'ticket',
      summary: 'Cassandra {{ $labels.instance }} keeps hints for a node that does not take its writes',
      description: 'After three hours nodes keep no more hints, and only a repair brings the node up to date.',
      runbook: 'Find the node that is down, or slow to answer: its pod, network and disk.',
    }),
    alert({
      name: 'CassandraCompactionsPending',
      expr: 'min_over_time(cassandra_compactions_pending[30m]) > 20',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: 'Cassandra {{ $labels.instance }} has {{ $value }} compactions to do',
      description: 'Reads become slow, and deleted rows take space.',
      runbook: 'Add CPU or a faster disk; see the volume too: compaction needs as much room as the largest table.',
      explains: [{ alert: 'CassandraSlow' }],
    }),
    alert({
      name: 'CassandraSlow',
      expr: 'max by (operation) (cassandra_request_p99_seconds) > 0.5',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: '{{ $labels.operation }} requests to Cassandra take {{ $value | humanizeDuration }} (p99)',
      description: 'Services wait as long.',
      runbook: 'Look at pending compactions, CPU, garbage collection and disk of the nodes.',
    }),
    alert({
      name: 'CassandraBroken',
      expr: 'sum by (instance) (increase(cassandra_exceptions_total[15m])) > 0',
      for: Duration.minutes(5),
      severity: 'ticket',
      summary: 'Cassandra {{ $labels.instance }} reports internal errors',
      description: 'Such as a damaged file; other replicas have the rows.',
      runbook: 'The log of the node has the error. A damaged table is replaced by `nodetool scrub`, or by a repair.',
    }),
    alert({
      name: 'CassandraNotRepaired',
      // Deleted rows come back after gc_grace_seconds, ten days.
      expr: `max(cassandra_unrepaired_seconds) > ${Duration.days(9).toSeconds()}`,
      for: Duration.hours(1),
      severity: 'page',
      summary: 'Rows of Cassandra were not repaired for {{ $value | humanizeDuration }}',
      description: 'After ten days, deleted rows may come back, and rows that one replica lacks may be lost.',
      runbook: 'See why repairs fail: `sh /etc/groundwork/cassandra/nodetool.sh autorepairstatus` and the logs.',
    }),
  ],
};

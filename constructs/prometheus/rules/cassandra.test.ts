import { testAlerts } from '../../../test/support/alerts.ts';
import { cassandraRules } from './cassandra.ts';

const node = (metric: string, instance = 'n0') => `cassandra_${metric}{instance="${instance}"}`;
const failures = 'cassandra_request_failures_total{instance="n0",operation="Write",reason="Unavailables"}';
const p99 = 'cassandra_request_p99_seconds{instance="n0",operation="Read"}';

testAlerts(cassandraRules, {
  CassandraNodeDown: [
    {
      when: 'when the others stop to hear of one',
      series: { [node('nodes_down', 'n0')]: '1x10', [node('nodes_down', 'n1')]: '1x10' },
      at: '8m',
      ends: { series: { [node('nodes_down', 'n0')]: '0x20', [node('nodes_down', 'n1')]: '0x20' }, at: '15m' },
      fires: [{ summary: 'Nodes of Cassandra that are down: 1' }],
    },
    { when: 'while one restarts', series: { [node('nodes_down')]: '0x3 1x3 0x10' }, at: '10m' },
  ],
  CassandraRequestsFail: [
    {
      when: 'when writes find no quorum',
      series: { [failures]: '0+60x20' },
      at: '15m',
      ends: { series: { [failures]: '1200x20' }, at: '30m' },
      fires: [
        {
          labels: { operation: 'Write', reason: 'Unavailables' },
          summary: 'Write requests to Cassandra fail: Unavailables',
        },
      ],
    },
    { when: 'when one failed', series: { [failures]: '0x3 1x20' }, at: '15m' },
  ],
  CassandraDropsMutations: [
    {
      when: 'when a node is overloaded for minutes',
      series: { [node('dropped_mutations_total')]: '0+5x30' },
      at: '20m',
      ends: { series: { [node('dropped_mutations_total')]: '150x20' }, at: '40m' },
      fires: [{ labels: { instance: 'n0' }, summary: 'Cassandra n0 drops writes' }],
    },
    { when: 'after one peak', series: { [node('dropped_mutations_total')]: '0x3 9x30' }, at: '20m' },
  ],
  CassandraHints: [
    {
      when: 'when a node takes no writes for long',
      series: { [node('hints_total')]: '0+5x60' },
      at: '45m',
      ends: { series: { [node('hints_total')]: '300x20' }, at: '70m' },
      fires: [
        {
          labels: { instance: 'n0' },
          summary: 'Cassandra n0 keeps hints for a node that does not take its writes',
        },
      ],
    },
    { when: 'during a rollout', series: { [node('hints_total')]: '0x5 0+5x5 25x50' }, at: '45m' },
  ],
  CassandraCompactionsPending: [
    {
      when: 'when they pile up',
      series: { [node('compactions_pending')]: '30x60' },
      at: '55m',
      ends: { series: { [node('compactions_pending')]: '3x20' }, at: '65m' },
      fires: [{ labels: { instance: 'n0' }, summary: 'Cassandra n0 has 30 compactions to do' }],
    },
    { when: 'after a peak of writes', series: { [node('compactions_pending')]: '0x10 50x20 2x30' }, at: '55m' },
  ],
  CassandraSlow: [
    {
      when: 'when reads are slow',
      series: { [p99]: '0.8x30' },
      at: '20m',
      ends: { series: { [p99]: '0.02x20' }, at: '35m' },
      fires: [{ labels: { operation: 'Read' }, summary: 'Read requests to Cassandra take 800ms (p99)' }],
    },
    { when: 'when they are fast', series: { [p99]: '0.02x30' }, at: '20m' },
  ],
  CassandraBroken: [
    {
      when: 'when a file is damaged',
      series: { [node('exceptions_total')]: '0x5 3x30' },
      at: '15m',
      ends: { series: { [node('exceptions_total')]: '3x20' }, at: '40m' },
      fires: [{ labels: { instance: 'n0' }, summary: 'Cassandra n0 reports internal errors' }],
    },
    { when: 'without errors', series: { [node('exceptions_total')]: '3x30' }, at: '15m' },
  ],
  CassandraNotRepaired: [
    {
      when: 'when repairs fail for nine days',
      series: { [node('unrepaired_seconds')]: '800000x90' },
      at: '70m',
      ends: { series: { [node('unrepaired_seconds')]: '60x20' }, at: '95m' },
      fires: [{ summary: 'Rows of Cassandra were not repaired for 9d 6h 13m 20s' }],
    },
    { when: 'between two repairs', series: { [node('unrepaired_seconds')]: '300000x90' }, at: '70m' },
  ],
});

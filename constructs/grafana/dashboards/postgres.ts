import { POSTGRES_METRICS as m } from '../../postgres/metrics.ts';
import type { Board } from './board.ts';

export const postgresBoard: Board = {
  name: 'system-postgres',
  title: 'PostgreSQL',
  tags: ['system'],
  rows: [
    {
      title: 'Connections',
      panels: [
        { title: 'Takes connections', unit: 'short', single: true, queries: { '{{instance}}': m.up } },
        {
          title: 'Connections, share of the limit',
          unit: 'percentunit',
          single: true,
          queries: { '{{instance}}': `sum by (instance) (${m.connections}) / max by (instance) (${m.maxConnections})` },
          limit: 0.85,
        },
      ],
    },
    {
      title: 'Work',
      panels: [
        {
          title: 'Connections by database and state',
          unit: 'short',
          queries: { '{{datname}} {{state}}': `sum by (datname, state) (${m.connections}) > 0` },
        },
        {
          title: 'Commits and rollbacks',
          unit: 'ops',
          queries: {
            '{{datname}} commits': `sum by (datname) (rate(${m.commits}[5m]))`,
            '{{datname}} rollbacks': `sum by (datname) (rate(${m.rollbacks}[5m]))`,
          },
        },
        {
          title: 'Cache hit ratio',
          unit: 'percentunit',
          queries: {
            '{{datname}}': `sum by (datname) (rate(${m.cacheHits}[5m])) / (sum by (datname) (rate(${m.cacheHits}[5m])) + sum by (datname) (rate(${m.cacheMisses}[5m])) > 0)`,
          },
        },
      ],
    },
    {
      title: 'Data',
      panels: [
        { title: 'Size', unit: 'bytes', queries: { '{{datname}}': `max by (datname) (${m.databaseSize})` } },
        {
          title: 'Oldest transaction',
          unit: 's',
          queries: { '{{datname}}': `max by (datname) (${m.transactionAge})` },
          limit: 3600,
        },
        {
          title: 'Deadlocks',
          unit: 'short',
          queries: { '{{datname}}': `sum by (datname) (increase(${m.deadlocks}[15m]))` },
        },
      ],
    },
    {
      title: 'Safety',
      panels: [
        { title: 'Replication lag', unit: 's', queries: { '{{instance}}': m.replicationLag }, limit: 60 },
        { title: 'Time since the last archived file', unit: 's', queries: { '{{instance}}': m.archiveAge } },
        {
          title: 'Files archived, and failures',
          unit: 'short',
          queries: {
            '{{instance}} archived': `increase(${m.archived}[15m])`,
            '{{instance}} failed': `increase(${m.archiveFailures}[15m])`,
          },
        },
      ],
    },
  ],
};

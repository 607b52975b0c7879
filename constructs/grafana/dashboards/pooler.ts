import { POOLER_METRICS as m } from '../../postgres/metrics.ts';
import type { Board } from './board.ts';

export const poolerBoard: Board = {
  name: 'system-postgres-pooler',
  title: 'PgBouncer',
  tags: ['system'],
  rows: [
    {
      title: 'Line',
      panels: [
        {
          title: 'Metrics collection fails',
          unit: 'short',
          single: true,
          queries: { '{{instance}}': m.failed },
          limit: 1,
        },
        {
          title: 'Waiting clients',
          unit: 'short',
          queries: { '{{user}}': `sum by (user) (${m.clientsWaiting})` },
          limit: 1,
        },
        {
          title: 'Longest wait',
          description: 'Longest current wait of a client; a query fails after two minutes.',
          unit: 's',
          queries: { '{{user}}': `max by (user) (${m.longestWait})` },
        },
        {
          title: 'Wait per transaction',
          unit: 's',
          queries: {
            '{{database}}': `sum by (database) (rate(${m.waited}[5m])) / 1e6 / (sum by (database) (rate(${m.transactions}[5m])) > 0)`,
          },
        },
      ],
    },
    {
      title: 'Work',
      panels: [
        {
          title: 'Transactions',
          unit: 'ops',
          queries: { '{{database}}': `sum by (database) (rate(${m.transactions}[5m]))` },
        },
        {
          title: 'Active clients',
          unit: 'short',
          queries: { '{{user}}': `sum by (user) (${m.clientsActive})` },
        },
        {
          title: 'Connections to the primary',
          unit: 'short',
          queries: {
            '{{user}} in use': `sum by (user) (${m.serversActive})`,
            '{{user}} idle': `sum by (user) (${m.serversIdle})`,
          },
        },
      ],
    },
  ],
};

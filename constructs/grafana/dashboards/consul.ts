import type { Board } from './board.ts';

export const consulBoard: Board = {
  name: 'system-consul',
  title: 'Consul',
  tags: ['system'],
  rows: [
    {
      title: 'Health',
      panels: [
        {
          title: 'All servers healthy',
          unit: 'short',
          single: true,
          queries: { all: 'min(consul_autopilot_healthy >= 0)' },
        },
        {
          title: 'Tolerated server failures',
          unit: 'short',
          single: true,
          queries: { all: 'max(consul_autopilot_failure_tolerance >= 0)' },
        },
      ],
    },
    {
      title: 'Work',
      panels: [
        {
          title: 'Changes committed',
          unit: 'ops',
          queries: { '{{instance}}': 'rate(consul_raft_commitTime_count[5m])' },
        },
        { title: 'Questions answered', unit: 'ops', queries: { '{{instance}}': 'rate(consul_rpc_query[5m])' } },
        {
          title: 'Members',
          unit: 'short',
          queries: { servers: 'max(consul_members_servers)', agents: 'max(consul_members_clients)' },
        },
      ],
    },
  ],
};

import type { Board } from './board.ts';

export const consulBoard: Board = {
  name: 'system-consul',
  title: 'Consul',
  tags: ['system'],
  rows: [
    {
      title: 'Health',
      panels: [
        { title: 'All servers well', unit: 'short', single: true, queries: { all: 'min(consul_autopilot_healthy >= 0)' } },
        { title: 'Servers that it can lose', unit: 'short', single: true, queries: { all: 'max(consul_autopilot_failure_tolerance >= 0)' } },
      ],
    },
    {
      title: 'Work',
      panels: [
        { title: 'Changes committed', unit: 'ops', queries: { '{{instance}}': 'rate(consul_raft_commitTime_count[5m])' } },
        { title: 'Requests between agents and servers', unit: 'ops', queries: { '{{instance}}': 'rate(consul_rpc_request[5m])' } },
        { title: 'Memory in use', unit: 'bytes', queries: { '{{instance}}': 'consul_runtime_alloc_bytes' } },
      ],
    },
  ],
};

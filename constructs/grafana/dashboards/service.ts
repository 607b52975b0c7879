import type { Contract } from '@groundwork/contract';
import { errorRatio, levelOf, P99, WINDOWS } from '../../prometheus/rules/services.ts';
import { type Board, graph, type Panel, type Row, row } from './board.ts';

/** Dashboard of a service, derived from its contract: rate, errors, duration, saturation, owned resources, calls and events. */
export function serviceBoard(contract: Contract): Board {
  const { name } = contract;
  return {
    name: `service-${name}`,
    title: `Service ${name}`,
    tags: ['service'],
    rows: [
      promise(contract),
      requests(contract),
      saturation(name),
      ...calls(contract),
      ...database(contract),
      ...events(contract),
    ],
  };
}

function promise(contract: Contract): Row {
  const { availability, latency } = levelOf(contract);
  const of = `{service="${contract.name}"}`;
  return row('Service level objectives', [
    graph(
      'Error budget burn',
      'short',
      Object.fromEntries(
        WINDOWS.map((window) => [window, `${errorRatio(window)}${of} / ${(1 - availability).toPrecision(4)}`]),
      ),
      {
        description:
          'Error rate relative to the allowed one; 1 uses up the 30-day budget in 30 days. Alerts fire at 14.4, 6 and 1.',
        limit: 1,
      },
    ),
    graph(
      'Latency (p99)',
      's',
      { p99: `${P99}${of}` },
      { description: 'The line is the SLO of the contract.', limit: latency.p99.toMilliseconds() / 1000 },
    ),
    graph('Firing alerts', 'short', { '{{alertname}}': `ALERTS{service="${contract.name}",alertstate="firing"}` }),
  ]);
}

function requests({ name }: Contract): Row {
  const of = `service="${name}"`;
  const quantile = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(http_request_duration_seconds_bucket{${of}}[5m])))`;
  return row('Rate, errors, duration', [
    graph('Requests by route', 'reqps', {
      '{{method}} {{route}}': `sum by (method, route) (rate(http_requests_total{${of}}[5m]))`,
    }),
    graph(
      'Errors by route and status',
      'reqps',
      {
        '{{route}} {{status}}': `sum by (route, status) (rate(http_requests_total{${of},status=~"[45].."}[5m]))`,
      },
      { description: 'Server errors use up the budget; 4xx are errors of callers.' },
    ),
    graph('Denied: unauthorized callers, handshakes without a certificate', 'reqps', {
      '{{caller}} {{operation}}': `sum by (caller, operation) (rate(http_requests_refused_total{${of}}[5m]))`,
      'handshakes {{reason}}': `sum by (reason) (rate(http_handshakes_refused_total{${of}}[5m]))`,
    }),
    graph('Duration', 's', { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) }),
  ]);
}

function saturation(name: string): Row {
  const container = `container="${name}"`;
  return row('Saturation', [
    graph('CPU', 'cores', { '{{instance}}': `rate(process_cpu_seconds_total{service="${name}"}[5m])` }),
    graph(
      'Memory, share of the limit',
      'percentunit',
      {
        '{{pod}}': `container_memory_working_set_bytes{${container}} / (container_spec_memory_limit_bytes{${container}} > 0)`,
      },
      { limit: 0.9 },
    ),
    graph(
      'Event loop delay (p99)',
      's',
      { '{{instance}}': `nodejs_eventloop_lag_p99_seconds{service="${name}"}` },
      { description: 'Time that ready callbacks wait for the event loop.', limit: 0.1 },
    ),
  ]);
}

function calls({ name, calls: called }: Contract): Row[] {
  if (called.length === 0) return [];
  return [
    row('Calls to other services', [
      graph('Calls by outcome', 'reqps', {
        '{{callee}} {{outcome}}': `sum by (callee, outcome) (rate(http_client_requests_total{service="${name}"}[5m]))`,
      }),
      graph('Repeated calls', 'reqps', {
        '{{callee}}': `sum by (callee) (rate(http_client_retries_total{service="${name}"}[5m]))`,
      }),
    ]),
  ];
}

function database({ name, owns }: Contract): Row[] {
  if (!owns.some(({ kind }) => kind === 'postgres')) return [];
  const pool = (state: string) => `sum(postgres_pool_${state}{service="${name}"})`;
  return [
    row('Database connections', [
      graph('Connections of the pools', 'short', { open: pool('connections'), idle: pool('idle') }),
      graph('Requests waiting for a connection', 'short', { waiting: pool('waiting') }, { limit: 1 }),
    ]),
  ];
}

function events({ name, publishes, consumes }: Contract): Row[] {
  const of = `service="${name}"`;
  const published: Panel[] = [
    graph('Events published', 'ops', { '{{event}}': `sum by (event) (rate(events_published_total{${of}}[5m]))` }),
    graph('Events in the outbox', 'short', { pending: `max(outbox_pending{${of}})` }),
    graph(
      'Age of the oldest event in the outbox',
      's',
      { oldest: `max(outbox_oldest_seconds{${of}})` },
      { limit: 300 },
    ),
  ];
  const consumed: Panel[] = [
    graph('Events consumed', 'ops', {
      '{{event}} {{outcome}}': `sum by (event, outcome) (rate(events_consumed_total{${of}}[5m]))`,
    }),
    graph('Consumer lag', 'short', { '{{event}}': `sum by (event) (events_consumer_lag{${of}})` }, { limit: 100 }),
    graph('Dead-lettered events', 'short', {
      '{{event}} {{reason}}': `sum by (event, reason) (increase(events_dead_lettered_total{${of}}[1h]))`,
    }),
  ];
  return [
    ...(publishes.length > 0 ? [row('Published events', published)] : []),
    ...(consumes.length > 0 ? [row('Consumed events', consumed)] : []),
  ];
}

import type { Contract } from '@groundwork/contract';
import { errorRatio, levelOf, P99, WINDOWS } from '../../prometheus/rules/services.ts';
import type { Board, Panel, Row } from './board.ts';

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
  return {
    title: 'Service level objectives',
    panels: [
      {
        title: 'Error budget burn',
        description:
          'Error rate relative to the allowed one; 1 uses up the 30-day budget in 30 days. Alerts fire at 14.4, 6 and 1.',
        unit: 'short',
        queries: Object.fromEntries(
          WINDOWS.map((window) => [window, `${errorRatio(window)}${of} / ${(1 - availability).toPrecision(4)}`]),
        ),
        limit: 1,
      },
      {
        title: 'Latency (p99)',
        description: 'The line is the SLO of the contract.',
        unit: 's',
        queries: { p99: `${P99}${of}` },
        limit: latency.p99.toMilliseconds() / 1000,
      },
      {
        title: 'Firing alerts',
        unit: 'short',
        queries: { '{{alertname}}': `ALERTS{service="${contract.name}",alertstate="firing"}` },
      },
    ],
  };
}

function requests({ name }: Contract): Row {
  const of = `service="${name}"`;
  const quantile = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(http_request_duration_seconds_bucket{${of}}[5m])))`;
  return {
    title: 'Rate, errors, duration',
    panels: [
      {
        title: 'Requests by route',
        unit: 'reqps',
        queries: { '{{method}} {{route}}': `sum by (method, route) (rate(http_requests_total{${of}}[5m]))` },
      },
      {
        title: 'Errors by route and status',
        description: 'Server errors use up the budget; 4xx are errors of callers.',
        unit: 'reqps',
        queries: {
          '{{route}} {{status}}': `sum by (route, status) (rate(http_requests_total{${of},status=~"[45].."}[5m]))`,
        },
      },
      {
        title: 'Denied: unauthorized callers, handshakes without a certificate',
        unit: 'reqps',
        queries: {
          '{{caller}} {{operation}}': `sum by (caller, operation) (rate(http_requests_refused_total{${of}}[5m]))`,
          'handshakes {{reason}}': `sum by (reason) (rate(http_handshakes_refused_total{${of}}[5m]))`,
        },
      },
      { title: 'Duration', unit: 's', queries: { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) } },
    ],
  };
}

function saturation(name: string): Row {
  const container = `container="${name}"`;
  return {
    title: 'Saturation',
    panels: [
      {
        title: 'CPU',
        unit: 'cores',
        queries: { '{{instance}}': `rate(process_cpu_seconds_total{service="${name}"}[5m])` },
      },
      {
        title: 'Memory, share of the limit',
        unit: 'percentunit',
        queries: {
          '{{pod}}': `container_memory_working_set_bytes{${container}} / (container_spec_memory_limit_bytes{${container}} > 0)`,
        },
        limit: 0.9,
      },
      {
        title: 'Event loop delay (p99)',
        description: 'Time that ready callbacks wait for the event loop.',
        unit: 's',
        queries: { '{{instance}}': `nodejs_eventloop_lag_p99_seconds{service="${name}"}` },
        limit: 0.1,
      },
    ],
  };
}

function calls({ name, calls: called }: Contract): Row[] {
  if (called.length === 0) return [];
  return [
    {
      title: 'Calls to other services',
      panels: [
        {
          title: 'Calls by outcome',
          unit: 'reqps',
          queries: {
            '{{callee}} {{outcome}}': `sum by (callee, outcome) (rate(http_client_requests_total{service="${name}"}[5m]))`,
          },
        },
        {
          title: 'Repeated calls',
          unit: 'reqps',
          queries: { '{{callee}}': `sum by (callee) (rate(http_client_retries_total{service="${name}"}[5m]))` },
        },
      ],
    },
  ];
}

function database({ name, owns }: Contract): Row[] {
  if (!owns.some(({ kind }) => kind === 'postgres')) return [];
  const pool = (state: string) => `sum(postgres_pool_${state}{service="${name}"})`;
  return [
    {
      title: 'Database connections',
      panels: [
        {
          title: 'Connections of the pools',
          unit: 'short',
          queries: { open: pool('connections'), idle: pool('idle') },
        },
        { title: 'Requests waiting for a connection', unit: 'short', queries: { waiting: pool('waiting') }, limit: 1 },
      ],
    },
  ];
}

function events({ name, publishes, consumes }: Contract): Row[] {
  const of = `service="${name}"`;
  const published: Panel[] = [
    {
      title: 'Events published',
      unit: 'ops',
      queries: { '{{event}}': `sum by (event) (rate(events_published_total{${of}}[5m]))` },
    },
    { title: 'Events in the outbox', unit: 'short', queries: { pending: `max(outbox_pending{${of}})` } },
    {
      title: 'Age of the oldest event in the outbox',
      unit: 's',
      queries: { oldest: `max(outbox_oldest_seconds{${of}})` },
      limit: 300,
    },
  ];
  const consumed: Panel[] = [
    {
      title: 'Events consumed',
      unit: 'ops',
      queries: { '{{event}} {{outcome}}': `sum by (event, outcome) (rate(events_consumed_total{${of}}[5m]))` },
    },
    {
      title: 'Consumer lag',
      unit: 'short',
      queries: { '{{event}}': `sum by (event) (events_consumer_lag{${of}})` },
      limit: 100,
    },
    {
      title: 'Dead-lettered events',
      unit: 'short',
      queries: { '{{event}} {{reason}}': `sum by (event, reason) (increase(events_dead_lettered_total{${of}}[1h]))` },
    },
  ];
  return [
    ...(publishes.length > 0 ? [{ title: 'Published events', panels: published }] : []),
    ...(consumes.length > 0 ? [{ title: 'Consumed events', panels: consumed }] : []),
  ];
}

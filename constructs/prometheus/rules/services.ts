import { type Contract, Duration } from '@groundwork/contract';
import { type Alert, alert, type Recording, type RuleFile } from './rule.ts';

/** The SLO of a contract without `slo`. */
const DEFAULT_LEVEL = { availability: 0.999, latency: { p99: Duration.millis(500) } };

/** The SLO of a service, explicit or default. */
export function levelOf({ slo = DEFAULT_LEVEL }: Contract): NonNullable<Contract['slo']> {
  return slo;
}

/** Windows of the recorded error ratio. */
export const WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const;

/** Recorded ratio of server errors by service; 0 without errors, no series without requests. */
export function errorRatio(window: (typeof WINDOWS)[number]): string {
  return `service:http_requests:error_ratio_rate${window}`;
}

/** Recorded number of server errors by service within a window. */
export function errorCount(window: LongWindow): string {
  return `service:http_requests:errors_increase${window}`;
}

/** Recorded 99th percentile of latency by service, in seconds. */
export const P99 = 'service:http_request_duration_seconds:p99_5m';

/**
 * Thresholds of burn rates. A burn rate of 1 uses up the error budget in exactly 30 days; the short window resolves the
 * alert soon after the errors end.
 * @see https://sre.google/workbook/alerting-on-slos/ table 5-8: 2 % of the budget in 1 h, 5 % in 6 h, 10 % in 3 days
 */
const BURNS = [
  { name: 'ErrorBudgetBurnsFast', long: '1h', short: '5m', rate: 14.4, severity: 'page', within: '2 days' },
  { name: 'ErrorBudgetBurns', long: '6h', short: '30m', rate: 6, severity: 'page', within: '5 days' },
  { name: 'ErrorBudgetBurnsSlowly', long: '3d', short: '6h', rate: 1, severity: 'ticket', within: '30 days' },
] as const;

/** Windows of the recorded number of errors. */
export const LONG_WINDOWS = BURNS.map(({ long }) => long);
type LongWindow = (typeof BURNS)[number]['long'];

/** Fewer failed requests in the long window are no trend: in a quiet hour, one or two exceed any ratio. */
const FEWEST_ERRORS = 10;

/** Fewer requests per second than that have no 99th percentile: in five minutes, it would be the slowest one. */
const FEWEST_REQUESTS = 0.3;

/** Alerts for errors and latency of each service, relative to the SLO of its contract. */
export function serviceRules(contracts: readonly Contract[]): RuleFile {
  const served = contracts.filter(({ http }) => Object.keys(http).length > 0);
  const edge = contracts.filter((contract) => contract.edge);
  return {
    name: 'services',
    recordings,
    alerts: [
      ...(served.length > 0 ? [...BURNS.map((burn) => burning(served, burn)), slow(served)] : []),
      ...(edge.length > 0 ? [unreachable(edge)] : []),
      crowded,
      circuitOpen,
      unauthorizedCalls,
    ],
  };
}

const recordings: readonly Recording[] = [
  ...WINDOWS.map((window) => ({
    record: errorRatio(window),
    expr:
      `(sum by (service) (rate(http_requests_total{status=~"5.."}[${window}])) or sum by (service) (rate(http_requests_total[${window}])) * 0)` +
      ` / (sum by (service) (rate(http_requests_total[${window}])) > 0)`,
  })),
  ...LONG_WINDOWS.map((window) => ({
    record: errorCount(window),
    expr: `sum by (service) (increase(http_requests_total{status=~"5.."}[${window}]))`,
  })),
  {
    record: P99,
    expr: 'histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))',
  },
];

function burning(
  contracts: readonly Contract[],
  { name, long, short, rate, severity, within }: (typeof BURNS)[number],
): Alert {
  const slower = BURNS.slice(BURNS.findIndex((burn) => burn.name === name) + 1);
  const of = (contract: Contract, window: typeof long | typeof short) =>
    `${errorRatio(window)}{service="${contract.name}"} > ${round(rate * (1 - levelOf(contract).availability))}`;
  return alert({
    name,
    expr: contracts
      .map(
        (contract) =>
          `(${of(contract, long)} and ${of(contract, short)} and ${errorCount(long)}{service="${contract.name}"} >= ${FEWEST_ERRORS})`,
      )
      .join(' or '),
    for: Duration.minutes(2),
    severity,
    summary: `{{ $labels.service }}: {{ $value | humanizePercentage }} of requests failed within ${long}`,
    description: `At this rate, the errors that its contract allows in 30 days are used up within ${within}.`,
    runbook:
      'The service’s dashboard shows the route; its log has the error with the trace id. Roll back a new version first.',
    ...(slower.length > 0 ? { explains: slower.map((burn) => ({ alert: burn.name, sameIn: ['service'] })) } : {}),
  });
}

/** What customers see when no pod of the edge answers: requests that no pod counts. */
function unreachable(edge: readonly Contract[]): Alert {
  const down = (job: string) => `label_replace((max(up{job="${job}"}) or vector(0)) == 0, "job", "${job}", "", "")`;
  return alert({
    name: 'EdgeUnreachable',
    expr: edge.map(({ name }) => down(name)).join(' or '),
    for: Duration.minutes(2),
    severity: 'page',
    summary: 'No pod of {{ $labels.job }} answers, which requests from outside go through',
    description: 'Every request of a customer fails. No service counts these errors.',
    runbook:
      'kubectl get pods,events: no node with enough resources, an image that can’t be pulled, or a crash at start.',
    explains: ['TargetDown', 'TargetMissing'].map((alert) => ({ alert, sameIn: ['job'] })),
  });
}

function slow(contracts: readonly Contract[]): Alert {
  const over = contracts.map(
    (contract) => `${P99}{service="${contract.name}"} > ${levelOf(contract).latency.p99.toMilliseconds() / 1000}`,
  );
  return alert({
    name: 'SlowAnswers',
    expr: `(${over.join(' or ')}) and sum by (service) (rate(http_requests_total[5m])) > ${FEWEST_REQUESTS}`,
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: '{{ $labels.service }}: one request of a hundred takes {{ $value | humanizeDuration }} or longer',
    description: 'That exceeds the SLO of its contract.',
    runbook:
      'The service’s dashboard shows whether one route or all are affected; check its connection pool, CPU, and callees.',
  });
}

const crowded = alert({
  name: 'WaitsForConnections',
  expr: 'min_over_time(postgres_pool_waiting[5m]) > 0',
  for: Duration.minutes(5),
  severity: 'ticket',
  summary: '{{ $labels.service }}: requests have waited for a database connection for 10 minutes',
  dependency: 'postgres',
  description: 'Its responses are slow.',
  runbook: 'A slow query holds connections (pg_stat_activity), or poolSize in its contract is too small for its load.',
  explains: [{ alert: 'SlowAnswers', sameIn: ['service'] }],
});

const circuitOpen = alert({
  name: 'CallsRefused',
  expr: 'sum by (service, callee) (rate(http_client_requests_total{outcome="refused"}[5m])) > 0',
  for: Duration.minutes(5),
  severity: 'ticket',
  summary: '{{ $labels.service }} has stopped calling {{ $labels.callee }}',
  dependency: '{{ $labels.callee }}',
  description: 'Too many of its calls failed, so it responds with less data, or with an error.',
  runbook: 'Check the dashboard of the called service.',
});

const unauthorizedCalls = alert({
  name: 'CallersRefused',
  // A counter starts with the first refusal, which is therefore no increase.
  expr:
    'sum by (service, caller, operation)' +
    ' ((http_requests_refused_total unless http_requests_refused_total offset 15m) or increase(http_requests_refused_total[15m])) > 0',
  severity: 'ticket',
  summary: '{{ $labels.service }} denied {{ $labels.caller }} the operation {{ $labels.operation }}',
  description:
    'A workload of the platform called an operation that no contract allows: its contract lacks the call, or its identity is misused.',
  runbook:
    'If the call is intended, add it to ‘calls’ of the caller’s contract. Otherwise investigate the use of the identity.',
});

/** Rounds away floating-point error, such as in 0.014400000000000013. */
function round(share: number): number {
  return Number(share.toPrecision(6));
}

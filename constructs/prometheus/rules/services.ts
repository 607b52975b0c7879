import { type Contract, Duration } from '@groundwork/contract';
import { type Alert, alert, type Recording, type RuleFile } from './rule.ts';

/** What a contract without `slo` promises. */
const DEFAULT_LEVEL = { availability: 0.999, latency: { p99: Duration.millis(500) } };

/** A service's promise, stated or by default. */
export function levelOf({ slo = DEFAULT_LEVEL }: Contract): NonNullable<Contract['slo']> {
  return slo;
}

/** Windows over which the share of errors is recorded. */
export const WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const;

/** Series of the share of requests that end in a server error, by service; 0 without one, nothing without requests. */
export function errorRatio(window: (typeof WINDOWS)[number]): string {
  return `service:http_requests:error_ratio_rate${window}`;
}

/** Slowest of the fastest 99 % of requests, by service, in seconds. */
export const P99 = 'service:http_request_duration_seconds:p99_5m';

/**
 * When the error budget burns too fast. A burn rate of 1 uses it up in exactly the 30 days that it is for; the short
 * window ends the alert soon after the errors end.
 * @see https://sre.google/workbook/alerting-on-slos/ table 5-8: 2 % of the budget in 1 h, 5 % in 6 h, 10 % in 3 days
 */
const BURNS = [
  { name: 'ErrorBudgetBurnsFast', long: '1h', short: '5m', rate: 14.4, severity: 'page', within: '2 days' },
  { name: 'ErrorBudgetBurns', long: '6h', short: '30m', rate: 6, severity: 'page', within: '5 days' },
  { name: 'ErrorBudgetBurnsSlowly', long: '3d', short: '6h', rate: 1, severity: 'ticket', within: '30 days' },
] as const;

/** Errors and latency of each service, against what its contract promises. */
export function serviceRules(contracts: readonly Contract[]): RuleFile {
  return {
    name: 'services',
    recordings,
    alerts: [...BURNS.map((burn) => burning(contracts, burn)), slow(contracts), crowded, circuitOpen, strangers],
  };
}

const recordings: readonly Recording[] = [
  ...WINDOWS.map((window) => ({
    record: errorRatio(window),
    expr:
      `(sum by (service) (rate(http_requests_total{status=~"5.."}[${window}])) or sum by (service) (rate(http_requests_total[${window}])) * 0)` +
      ` / (sum by (service) (rate(http_requests_total[${window}])) > 0)`,
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
    expr: contracts.map((contract) => `(${of(contract, long)} and ${of(contract, short)})`).join(' or '),
    for: Duration.minutes(2),
    severity,
    summary: `{{ $labels.service }}: {{ $value | humanizePercentage }} of requests failed within ${long}`,
    description: `At this rate, the errors that its contract allows in 30 days are used up within ${within}.`,
    runbook:
      'The service’s dashboard says which route; its log has the error under the same trace. A new version? Roll it back first.',
    ...(slower.length > 0 ? { explains: slower.map((burn) => ({ alert: burn.name, sameIn: ['service'] })) } : {}),
  });
}

function slow(contracts: readonly Contract[]): Alert {
  const over = contracts.map(
    (contract) => `${P99}{service="${contract.name}"} > ${levelOf(contract).latency.p99.toMilliseconds() / 1000}`,
  );
  return alert({
    name: 'SlowAnswers',
    expr: over.join(' or '),
    for: Duration.minutes(10),
    severity: 'ticket',
    summary: '{{ $labels.service }}: one request of a hundred takes {{ $value | humanizeDuration }} or longer',
    description: 'That is more than its contract promises.',
    runbook:
      'The service’s dashboard: one route or all? Waiting for connections of its pool, CPU, or a service that it calls?',
  });
}

const crowded = alert({
  name: 'WaitsForConnections',
  expr: 'min_over_time(postgres_pool_waiting[5m]) > 0',
  for: Duration.minutes(5),
  severity: 'ticket',
  summary: '{{ $labels.service }}: requests have waited for a database connection for 10 minutes',
  description: 'Its answers are slower for it.',
  runbook: 'A slow query holds connections (pg_stat_activity), or poolSize in its contract is too small for its load.',
  explains: [{ alert: 'SlowAnswers', sameIn: ['service'] }],
});

const circuitOpen = alert({
  name: 'CallsRefused',
  expr: 'sum by (service, callee) (rate(http_client_requests_total{outcome="refused"}[5m])) > 0',
  for: Duration.minutes(5),
  severity: 'ticket',
  summary: '{{ $labels.service }} has stopped calling {{ $labels.callee }}',
  description: 'Too many of its calls failed, so it answers without, or with an error.',
  runbook: 'See the dashboard of the service that is called.',
});

const strangers = alert({
  name: 'CallersRefused',
  expr: 'sum by (service, caller, operation) (increase(http_requests_refused_total[15m])) > 0',
  severity: 'ticket',
  summary: '{{ $labels.service }} refused {{ $labels.caller }} the operation {{ $labels.operation }}',
  description:
    'A certificate of ours asked for what no contract allows it: a contract that was forgotten, or somebody who tries.',
  runbook:
    'Is the call wanted? Then add it to ‘calls’ of the caller’s contract. If not, find out who uses that identity.',
});

/** Without the dust that a product of fractions leaves, such as 0.014400000000000013. */
function round(share: number): number {
  return Number(share.toPrecision(6));
}

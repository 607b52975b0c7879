import { ConfigurationError } from '@groundwork/contract';
import type { Ask } from '../../deploy/index.ts';

/** Share of a service's requests that may not fail. */
export interface Objective {
  readonly service: string;
  /** Such as 0.999. */
  readonly availability: number;
  /** Whether requests from outside go through it. */
  readonly edge: boolean;
}

/** Error budget of one objective, as Prometheus measured it. */
export interface Budget extends Objective {
  /** What is measured: failed requests, or time in which no pod answered, which the service can't count itself. */
  readonly of: 'requests' | 'reachable';
  /** Requests within the window. @default not counted, for `reachable` */
  readonly requests?: number;
  /** Share that succeeded; undefined without requests. */
  readonly measured: number | undefined;
  /** Share of the budget that is left; negative if more was used than allowed. */
  readonly left: number | undefined;
  /** How many times faster than allowed the budget is used now, by window; undefined without requests. */
  readonly burns: Readonly<Record<string, number | undefined>>;
}

/** The window of an objective, and the windows of burn rates, which rules record. */
export const WINDOW_DAYS = 30;
const WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const;

/** What is asked of Prometheus; each answer has a series for each service. */
export const QUERIES = {
  requests: `sum by (service) (increase(http_requests_total[${WINDOW_DAYS}d]))`,
  errors: `sum by (service) (increase(http_requests_total{status=~"5.."}[${WINDOW_DAYS}d]))`,
  burn: (window: string) => `service:http_requests:error_ratio_rate${window}`,
  /** Time in which Prometheus ran, but no pod of the service gave metrics, counts as unreachable. */
  reachable: (service: string, window: string) =>
    `avg_over_time((max(up{job="${service}"}) or max(up{job="prometheus"}) * 0)[${window}:1m])`,
  age: 'time() - min(prometheus_tsdb_lowest_timestamp_seconds)',
} as const;

/**
 * The error budget of each objective.
 * @returns budgets, and the seconds that Prometheus has samples of, at most the window
 * @throws ConfigurationError `query-failed` if Prometheus does not answer a query
 */
export async function errorBudgets(
  ask: Ask,
  objectives: readonly Objective[],
): Promise<{ readonly budgets: readonly Budget[]; readonly seconds: number | undefined }> {
  const requests = await query(ask, QUERIES.requests);
  const errors = await query(ask, QUERIES.errors);
  const ratios = new Map<string, ReadonlyMap<string, number>>();
  for (const window of WINDOWS) ratios.set(window, await query(ask, QUERIES.burn(window)));
  const budgets: Budget[] = [];
  for (const objective of objectives) {
    const { service, availability, edge } = objective;
    const all = requests.get(service) ?? 0;
    budgets.push({
      ...objective,
      of: 'requests',
      requests: all,
      ...used(all > 0 ? (errors.get(service) ?? 0) / all : undefined, availability),
      burns: burnsOf((window) => ratios.get(window)?.get(service), availability),
    });
    if (!edge) continue;
    const down = new Map<string, number | undefined>();
    for (const window of [...WINDOWS, `${WINDOW_DAYS}d`]) {
      const up = (await query(ask, QUERIES.reachable(service, window))).get('');
      down.set(window, up === undefined ? undefined : 1 - up);
    }
    budgets.push({
      ...objective,
      of: 'reachable',
      ...used(down.get(`${WINDOW_DAYS}d`), availability),
      burns: burnsOf((window) => down.get(window), availability),
    });
  }
  const age = (await query(ask, QUERIES.age)).get('');
  return { budgets, seconds: age === undefined ? undefined : Math.min(age, WINDOW_DAYS * 86_400) };
}

function used(failed: number | undefined, availability: number): Pick<Budget, 'measured' | 'left'> {
  if (failed === undefined) return { measured: undefined, left: undefined };
  return { measured: 1 - failed, left: 1 - failed / (1 - availability) };
}

function burnsOf(failed: (window: string) => number | undefined, availability: number): Budget['burns'] {
  return Object.fromEntries(
    WINDOWS.map((window) => {
      const share = failed(window);
      return [window, share === undefined ? undefined : share / (1 - availability)];
    }),
  );
}

interface Answer {
  readonly data: {
    readonly result: readonly { readonly metric: { service?: string }; readonly value: [number, string] }[];
  };
}

/** Values of an instant query by service; the empty name without that label. */
async function query(ask: Ask, expr: string): Promise<ReadonlyMap<string, number>> {
  const { status, body } = await ask(`/api/v1/query?query=${encodeURIComponent(expr)}`);
  if (status !== 200)
    throw new ConfigurationError({
      code: 'query-failed',
      where: `Prometheus › ${expr}`,
      problem: `status ${status}: ${body.slice(0, 300)}`,
      fix: 'see its log: kubectl logs statefulset/prometheus',
    });
  const { data } = JSON.parse(body) as Answer;
  return new Map(data.result.map(({ metric, value }) => [metric.service ?? '', Number(value[1])]));
}

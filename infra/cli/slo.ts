import { withPortForward } from '../deploy/index.ts';
import { type Budget, errorBudgets } from '../operate/index.ts';
import { table } from '../tools/progress.ts';
import { clusterOf } from './cluster-of.ts';
import type { Program } from './program.ts';

export interface SloCommand {
  readonly environment: string;
  readonly cluster?: string;
}

/** Prints the error budget of each service of a running environment. */
export async function slo(program: Program, { environment, cluster }: SloCommand): Promise<void> {
  const running = await clusterOf(program, environment, 'npm run slo › --environment', cluster);
  const prometheus = {
    target: 'svc/prometheus',
    port: 9090,
    serverName: `prometheus.${running.namespace}.svc.cluster.local`,
    identity: 'prometheus-identity',
  };
  const { budgets, seconds } = await withPortForward(running, prometheus, (ask) =>
    errorBudgets(ask, program.objectives),
  );
  console.log(budgetTable(budgets, seconds).join('\n'));
}

/** A row for each objective, then what the columns mean. */
export function budgetTable(budgets: readonly Budget[], seconds: number | undefined): readonly string[] {
  const windows = Object.keys(budgets[0]?.burns ?? {});
  const rows = budgets.map(({ service, of, availability, requests, measured, left, burns }) => [
    service,
    of,
    percent(availability),
    requests === undefined ? '' : `${Math.round(requests)}`,
    percent(measured),
    left === undefined ? '–' : `${Math.round(left * 100)} %`,
    ...windows.map((window) => burns[window]?.toFixed(1) ?? '–'),
  ]);
  const had = seconds === undefined ? 'an unknown time' : `${(seconds / 86_400).toFixed(1)} days`;
  return [
    table([
      ['service', 'of', 'objective', 'requests', 'measured', 'left', ...windows.map((window) => `burn ${window}`)],
      ...rows,
    ]),
    '',
    `window: 30 days, of which Prometheus has ${had}. left: share of the allowed errors that is not used.`,
    'burn: 1 uses the budget up in exactly 30 days; alerts fire at 14.4 (1h), 6 (6h) and 1 (3d), from ten failed requests on.',
    'reachable: share of time in which a pod answered at all, which the service itself can’t count.',
  ];
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(3)} %`;
}

import type { Alert, RuleFile } from './rules/rule.ts';

/** Where the links of alerts lead. */
export interface AlertLinks {
  /**
   * Base URL of the runbooks: the folder `docs/runbooks` of your copy of the repository, as a web page.
   * @default 'docs/runbooks', the path in the repository
   */
  readonly runbooks?: string;
  /** Base URL of Grafana in a browser. @default its address in the cluster, `https://grafana.<namespace>.svc.cluster.local` */
  readonly grafana?: string;
}

/** Path below the runbooks' base URL: a page for each file of rules, a section for each alert. */
export function runbookPath(file: Pick<RuleFile, 'name'>, alert: Pick<Alert, 'name'>): string {
  return `${file.name}.md#${alert.name.toLowerCase()}`;
}

/** The platform's rules with links to the runbook of each alert and to its dashboard. */
export function linked(file: RuleFile, { runbooks, grafana }: Required<AlertLinks>): RuleFile {
  return {
    ...file,
    alerts: file.alerts.map((alert) => ({
      ...alert,
      runbookUrl: `${withoutSlash(runbooks)}/${runbookPath(file, alert)}`,
      dashboardUrl: `${withoutSlash(grafana)}/d/${dashboardOf(file, alert)}`,
    })),
  };
}

/** Uids of the dashboards by rule file, where they differ from `system-<file>`. */
const DASHBOARDS: Readonly<Record<string, string>> = {
  watchdog: 'system-prometheus',
  targets: 'system-prometheus',
  pods: 'system-kubernetes',
  certificates: 'overview',
  events: 'service-{{ $labels.service }}',
  services: 'service-{{ $labels.service }}',
  pooler: 'system-postgres-pooler',
};

function dashboardOf({ name }: RuleFile, alert: Alert): string {
  if (alert.name === 'EdgeUnreachable') return 'service-{{ $labels.job }}';
  return DASHBOARDS[name] ?? `system-${name}`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

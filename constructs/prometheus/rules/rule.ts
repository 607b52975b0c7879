import { ConfigurationError, type Duration } from '@groundwork/contract';

/** `page`: somebody must act now. `ticket`: somebody must act within days. What needs nobody is no alert. */
export type Severity = 'page' | 'ticket';

/** A condition that somebody must act upon. */
export interface Alert {
  /** In CamelCase, such as `TargetDown`; one in all files. */
  readonly name: string;
  /** PromQL; it holds for each series that it yields. */
  readonly expr: string;
  /** How long it must hold before it fires. @default at once */
  readonly for?: Duration;
  readonly severity: Severity;
  /** One line, with `{{ $labels.… }}` and `{{ $value }}`. */
  readonly summary: string;
  /** What it means for those who use the system. */
  readonly description: string;
  /** What to look at first, and what fixes it. */
  readonly runbook: string;
  /** Labels besides `severity`. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Alerts that follow from this one, so that nobody is told of them while it fires. @default none */
  readonly explains?: readonly Consequence[];
}

export interface Consequence {
  /** Name of the alert. */
  readonly alert: string;
  /** Labels that must be the same in both, such as `job`. @default none: it explains them wherever they are */
  readonly sameIn?: readonly string[];
}

/** A series that rules and panels share. */
export interface Recording {
  /** `level:metric:operations`. @see https://prometheus.io/docs/practices/rules/ */
  readonly record: string;
  readonly expr: string;
}

/** Rules about one subject; a file of its own. */
export interface RuleFile {
  /** Such as `kafka`; name of the file and of its group. */
  readonly name: string;
  /** Target without which the rules would watch nothing, such as `kafka`: they are left out where it isn't there. @default none: they are always there */
  readonly of?: string;
  readonly recordings?: readonly Recording[];
  readonly alerts: readonly Alert[];
}

/** @throws ConfigurationError for a name that isn't in CamelCase, and for a text that is empty */
export function alert(spec: Alert): Alert {
  const where = `alert '${spec.name}'`;
  if (!/^[A-Z][A-Za-z]+$/.test(spec.name))
    throw new ConfigurationError({
      code: 'alert-invalid',
      where,
      problem: 'its name is not in CamelCase',
      fix: "write letters only, such as 'TargetDown'",
    });
  for (const field of ['expr', 'summary', 'description', 'runbook'] as const) {
    if (spec[field].trim() === '')
      throw new ConfigurationError({
        code: 'alert-invalid',
        where: `${where} › ${field}`,
        problem: 'it is empty',
        fix: 'whoever is woken by it needs it: write it',
      });
  }
  return spec;
}

/** A file of rules as Prometheus reads it. */
export function ruleGroups({ name, recordings = [], alerts }: RuleFile): object {
  const recorded = recordings.map(({ record, expr }) => ({ record, expr }));
  const alerting = alerts.map((one) => ({
    alert: one.name,
    expr: one.expr,
    ...(one.for === undefined ? {} : { for: `${one.for}` }),
    labels: { severity: one.severity, ...one.labels },
    annotations: { summary: one.summary, description: one.description, runbook: one.runbook },
  }));
  return { groups: [{ name, rules: [...recorded, ...alerting] }] };
}

import { ConfigurationError, type Duration } from '@groundwork/contract';

/** `page` requires action now, `ticket` within days; `none` none: it is for the dead man's switch. */
export type Severity = 'page' | 'ticket' | 'none';

/** A condition that requires action. */
export interface Alert {
  /** Name in CamelCase, such as `TargetDown`; unique across all files. */
  readonly name: string;
  /** PromQL expression; the alert applies to each series of the result. */
  readonly expr: string;
  /** How long the condition must hold before the alert fires. @default at once */
  readonly for?: Duration;
  /** How soon action is required. */
  readonly severity: Severity;
  /** One line; a template with `{{ $labels.… }}` and `{{ $value }}`. */
  readonly summary: string;
  /** Impact on users of the system. */
  readonly description: string;
  /** What to check first, and how to fix it. */
  readonly runbook: string;
  /** Page for the engineer on call. @default none; the platform's alerts have one */
  readonly runbookUrl?: string;
  /** Dashboard that shows the cause; a template. @default none; the platform's alerts have one */
  readonly dashboardUrl?: string;
  /** System whose failure is the likeliest cause, such as `kafka`; a template. @default none is known */
  readonly dependency?: string;
  /** Labels besides `severity`. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Alerts that are consequences of this one, and are inhibited while it fires. @default none */
  readonly explains?: readonly Consequence[];
}

/** An alert that is a consequence of another. */
export interface Consequence {
  /** Name of the alert. */
  readonly alert: string;
  /** Labels that must be equal in both, such as `job`. @default none: all alerts of the name */
  readonly sameIn?: readonly string[];
  /** Regular expressions that labels of the consequence must match. @default none: all alerts of the name */
  readonly where?: Readonly<Record<string, string>>;
}

/** A recorded series that rules and panels share. */
export interface Recording {
  /** Name as `level:metric:operations`. @see https://prometheus.io/docs/practices/rules/ */
  readonly record: string;
  /** PromQL expression. */
  readonly expr: string;
}

/** Rules of one subject, a separate file. */
export interface RuleFile {
  /** Name of the file and of its group, such as `kafka`. */
  readonly name: string;
  /** Target that the rules apply to, such as `kafka`: they are omitted without it. @default none: always included */
  readonly of?: string;
  /** Recorded series. @default none */
  readonly recordings?: readonly Recording[];
  /** Alerts of the file. */
  readonly alerts: readonly Alert[];
}

/** Validates an alert. @throws ConfigurationError for a name that is not in CamelCase, and for an empty text */
export function alert(spec: Alert): Alert {
  const where = `alert '${spec.name}'`;
  if (!/^[A-Z][A-Za-z]+$/.test(spec.name))
    throw new ConfigurationError({
      code: 'alert-invalid',
      where,
      problem: 'the name of an alert must be in CamelCase',
      fix: "write letters only, such as 'TargetDown'",
    });
  for (const field of ['expr', 'summary', 'description', 'runbook'] as const) {
    if (spec[field].trim() === '')
      throw new ConfigurationError({
        code: 'alert-invalid',
        where: `${where} › ${field}`,
        problem: 'the text must not be empty',
        fix: 'write the text, which the engineer on call needs',
      });
  }
  return spec;
}

/** The content of a rule file for Prometheus. */
export function ruleGroups({ name, recordings = [], alerts }: RuleFile): object {
  const recorded = recordings.map(({ record, expr }) => ({ record, expr }));
  const alerting = alerts.map((one) => ({
    alert: one.name,
    expr: one.expr,
    ...(one.for === undefined ? {} : { for: `${one.for}` }),
    labels: { severity: one.severity, ...one.labels },
    annotations: {
      summary: one.summary,
      description: one.description,
      runbook: one.runbook,
      ...(one.runbookUrl === undefined ? {} : { runbook_url: one.runbookUrl }),
      ...(one.dashboardUrl === undefined ? {} : { dashboard_url: one.dashboardUrl }),
      ...(one.dependency === undefined ? {} : { dependency: one.dependency }),
    },
  }));
  return { groups: [{ name, rules: [...recorded, ...alerting] }] };
}

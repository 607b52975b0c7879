/** How much harm a change may do: `danger` loses data or service, `caution` is felt, `notice` is worth knowing. */
export const SEVERITIES = ['danger', 'caution', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a rule says of a change. */
export interface Observation {
  readonly severity: Severity;
  /** Object or contract field, such as `StatefulSet/postgres`. */
  readonly subject: string;
  /** What happens to what runs, in one sentence without a full stop. */
  readonly what: string;
  /** Such as `spec.replicas`. @default none: the object as a whole */
  readonly field?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** What is so in this environment only, such as `3 pods`; two findings that differ in nothing else are one. */
  readonly note?: string;
  /** What a reviewer or author should do. */
  readonly advice: string;
  /** Contract field or prop behind it. */
  readonly cause: string;
}

/** What of a finding differs between environments. */
export type Detail = Pick<Observation, 'before' | 'after' | 'note'>;

/** An observation with the rule that made it and all environments in which it is made. */
export interface Finding extends Observation {
  readonly rule: string;
  readonly environments: readonly string[];
  /** By environment, in place of the finding's own values and note. @default none: they are the same everywhere */
  readonly details?: Readonly<Record<string, Detail>>;
  /** Where in the source the cause stands, such as `services/contracts/users.ts:48`. */
  readonly source?: string;
}

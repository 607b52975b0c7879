import type { Severity } from '../policy/index.ts';

export { SEVERITIES, type Severity } from '../policy/index.ts';

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
  /**
   * Where in the source it comes from: the one changed place that can be the cause, such as `stacks/environments/dev.ts:48`,
   * else the call that made the object. @default no line is certain
   */
  readonly source?: string;
}

/** What of a finding differs between environments. */
export type Detail = Pick<Observation, 'before' | 'after' | 'note'>;

/** An observation with the rule that made it and all environments in which it is made. */
export interface Finding extends Observation {
  readonly rule: string;
  readonly environments: readonly string[];
  /** By environment, in place of the finding's own values and note. @default none: they are the same everywhere */
  readonly details?: Readonly<Record<string, Detail>>;
}

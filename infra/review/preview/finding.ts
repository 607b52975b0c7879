import type { Severity } from '../policy/rule.ts';

export { SEVERITIES, type Severity } from '../policy/rule.ts';

/** What a rule reports for a change. */
export interface Observation {
  readonly severity: Severity;
  /** Object or contract field, such as `StatefulSet/postgres`. */
  readonly subject: string;
  /** Effect of the change, in one sentence without a period. */
  readonly what: string;
  /** Such as `spec.replicas`. @default none: the object as a whole */
  readonly field?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Detail of this environment, such as `3 pods`; findings that differ only in it are merged. */
  readonly note?: string;
  /** What a reviewer or author should do. */
  readonly advice: string;
  /** Contract field or prop behind it. */
  readonly cause: string;
  /** The call that created the object, such as `stacks/shop.ts:96`, or for a deleted one `… in the base`. @default not known */
  readonly source?: string;
}

/** The part of a finding that can differ between environments. */
export type Detail = Pick<Observation, 'before' | 'after' | 'note'>;

/** An observation with its rule and the environments it applies to. */
export interface Finding extends Observation {
  readonly rule: string;
  readonly environments: readonly string[];
  /** By environment, instead of the finding's values and note. @default none: they are the same in all environments */
  readonly details?: Readonly<Record<string, Detail>>;
  /** Other objects of which the same is true. @default none */
  readonly others?: readonly string[];
  /** The only changed place that can be the cause, such as `stacks/environments/dev.ts:48`. @default none is certain */
  readonly changed?: string;
}

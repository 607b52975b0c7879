import type { Manifest } from '@groundwork/constructs';
import type { PolicyContext } from './context.ts';

/**
 * The one scale of a review's findings, worst first: `critical` loses data or service or lets somebody in, `warning` is felt,
 * `info` is worth knowing.
 */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One place where an object breaks a rule. */
export interface Fault {
  /** Such as `spec.template.spec.hostNetwork`. */
  readonly field: string;
  /** What stands there and what follows from it, as the end of a sentence that begins with the field; never a secret. */
  readonly what: string;
}

/** Looks at one object. Whatever a rule is not about has no faults. */
export type Check = (object: Manifest, context: PolicyContext) => readonly Fault[];

/** Objects that are judged together: the test of a rule's outcomes. */
export interface Samples {
  /** Objects that keep it. */
  readonly good: readonly Manifest[];
  /** Objects of which one breaks it. */
  readonly bad: readonly Manifest[];
  /** Other ways to keep it, where the check has branches. @default none */
  readonly alsoGood?: readonly (readonly Manifest[])[];
  /** Other ways to break it, each by itself. @default none */
  readonly alsoBad?: readonly (readonly Manifest[])[];
}

/** One thing that must hold, why, and how to make it so. */
export interface Rule {
  /** The good state in a few words, such as `no-host-path`. */
  readonly id: string;
  /** What can happen otherwise, in one sentence without a full stop. */
  readonly why: string;
  /** Who asks for it: the standard and its section. */
  readonly source: string;
  /** What to do, in one sentence without a full stop. */
  readonly fix: string;
  readonly severity: Severity;
  /** `environment`: what else there is decides, so it can't be judged on the object alone. @default 'object' */
  readonly sees?: 'object' | 'environment';
  readonly check: Check;
  readonly samples: Samples;
}

/** Makes a rule. Its samples tell whether it works. */
export function rule<const R extends Rule>(it: R): R {
  return it;
}

/** A check for objects of these kinds; others have no faults. */
export function ofKind<T extends object>(
  kinds: string | readonly string[],
  check: (object: Manifest & T, context: PolicyContext) => readonly Fault[],
): Check {
  const wanted = new Set(typeof kinds === 'string' ? [kinds] : kinds);
  return (object, context) => (wanted.has(object.kind) ? check(object as Manifest & T, context) : []);
}

/** All samples that keep a rule, and all that break it. */
export function outcomesOf({ samples: { good, bad, alsoGood = [], alsoBad = [] } }: Rule): {
  readonly good: readonly (readonly Manifest[])[];
  readonly bad: readonly (readonly Manifest[])[];
} {
  return { good: [good, ...alsoGood], bad: [bad, ...alsoBad] };
}

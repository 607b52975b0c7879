import type { Manifest } from '@groundwork/constructs';
import { isKind, type Kinds, type Typed } from '../../../constructs/kubernetes/read.ts';
import type { PolicyContext } from './context.ts';

/**
 * Severities of findings, worst first: `critical` loses data or availability or grants access, `warning` has a
 * noticeable effect, `info` is worth knowing.
 */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One field of an object that violates a rule. */
export interface Fault {
  /** Such as `spec.template.spec.hostNetwork`. */
  readonly field: string;
  /** The value and its consequence, as the end of a sentence that begins with the field; never a secret. */
  readonly what: string;
}

/** Checks one object. Objects outside the rule's scope have no faults. */
export type Check = (object: Manifest, context: PolicyContext) => readonly Fault[];

type Objects = readonly Manifest[];

/** Objects to test a rule with; each list is checked as one environment. */
export interface Samples {
  /** Objects that follow the rule. */
  readonly good: Objects;
  /** Objects of which one violates it. */
  readonly bad: Objects;
  /** More environments that violate it: a check that finds one case may miss the next. */
  readonly alsoBad: readonly [Objects, ...Objects[]];
  /** Environments that follow it, although they resemble a violation. */
  readonly nearMisses: readonly [Objects, ...Objects[]];
}

/** A requirement, its reason, and how to meet it. */
export interface Rule {
  /** The required state in a few words, such as `no-host-path`. */
  readonly id: string;
  /** Consequence of a violation, in one sentence without a period. */
  readonly why: string;
  /** The standard that requires it, with section. */
  readonly source: string;
  /** How to fix a violation, in one sentence without a period. */
  readonly fix: string;
  readonly severity: Severity;
  /** `environment` if the check depends on other objects or facts. @default 'object' */
  readonly sees?: 'object' | 'environment';
  readonly check: Check;
  readonly samples: Samples;
}

/** Defines a rule. */
export function rule<const R extends Rule>(it: R): R {
  return it;
}

/** A check for objects of these kinds; others have no faults. */
export function ofKind<K extends keyof Kinds>(
  kinds: K | readonly K[],
  check: (object: Typed<K>, context: PolicyContext) => readonly Fault[],
): Check {
  const wanted = typeof kinds === 'string' ? [kinds] : kinds;
  return (object, context) => (isKind(object, ...wanted) ? check(object, context) : []);
}

/** All samples that follow a rule, and all that violate it. */
export function outcomesOf({ samples: { good, bad, nearMisses, alsoBad } }: Rule): {
  readonly good: readonly Objects[];
  readonly bad: readonly Objects[];
} {
  return { good: [good, ...nearMisses], bad: [bad, ...alsoBad] };
}

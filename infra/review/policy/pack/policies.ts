import type { Manifest } from '@groundwork/constructs';
import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from '@pulumi/policy';
import type { Exception } from '../exceptions.ts';
import type { Rule, Severity } from '../rule.ts';
import { rules } from '../rules/index.ts';
import { type PolicyOptions, violations } from '../violations.ts';

export interface PackOptions {
  /** @default none */
  readonly exceptions?: readonly Exception[];
  /** Whether an image is built here or in the catalog. @default not checked */
  readonly knowsImage?: (reference: string) => boolean;
}

const SEVERITIES = { critical: 'critical', warning: 'high', info: 'low' } as const satisfies Record<Severity, string>;

/**
 * The rules as Pulumi policies, for any program with Kubernetes objects: rules for single objects run before the object
 * is created, rules for environments after the preview of the stack. The stack's name is the environment.
 */
export function policies(options: PackOptions = {}): (ResourceValidationPolicy | StackValidationPolicy)[] {
  return rules.map((rule) =>
    rule.sees === 'environment' ? stackPolicy(rule, options) : resourcePolicy(rule, options),
  );
}

function resourcePolicy(rule: Rule, options: PackOptions): ResourceValidationPolicy {
  return {
    ...aboutOf(rule),
    validateResource: (args, report) => {
      for (const text of judge(rule, [args], options)) report(text);
    },
  };
}

function stackPolicy(rule: Rule, options: PackOptions): StackValidationPolicy {
  return {
    ...aboutOf(rule),
    validateStack: ({ resources }, report) => {
      for (const text of judge(rule, resources, options)) report(text);
    },
  };
}

function aboutOf({ id, why, fix, source, severity }: Rule) {
  return {
    name: id,
    description: `${why} (${source})`,
    remediationSteps: fix,
    severity: SEVERITIES[severity],
    enforcementLevel: severity === 'info' ? ('advisory' as const) : ('mandatory' as const),
  };
}

type Resource = Pick<ResourceValidationArgs | PolicyResource, 'type' | 'props' | 'urn' | 'opts'>;

/** Violations of one rule. The synth and the tests check exceptions for validity; here they only apply. */
function judge(rule: Rule, resources: readonly Resource[], options: PackOptions): string[] {
  const objects = resources.filter(({ type, props }) => type.startsWith('kubernetes:') && props.kind !== undefined);
  const guarded = new Set(objects.filter(({ opts }) => opts.protect).map(({ props }) => props));
  const environment = /^urn:pulumi:([^:]+)::/.exec(objects[0]?.urn ?? '')?.[1] ?? '';
  const settings: PolicyOptions = {
    environment,
    ...options,
    isProtected: (object) => guarded.has(object),
    rules: [rule],
  };
  return violations(
    objects.map(({ props }) => props as Manifest),
    settings,
  )
    .filter((violation) => violation.rule !== 'exceptions')
    .map(({ object, field, what, fix }) => `${object}: ${field} ${what}; fix: ${fix}`);
}

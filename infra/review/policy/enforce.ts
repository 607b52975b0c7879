import { ConfigurationError, type System, throwIfAny } from '@groundwork/constructs';
import { type PolicyOptions, violations } from './violations.ts';

/**
 * Checks the objects of a system against the rules.
 * @throws ConfigurationError (or `ConfigurationErrors`) with object, field, origin, path in the construct tree, and fix
 */
export function enforce({ objects }: System, options: PolicyOptions): void {
  const found = violations(
    objects.map(({ manifest }) => manifest),
    options,
  );
  const objectOf = new Map(objects.map((object) => [object.manifest, object]));
  throwIfAny(
    found.map(({ rule, object, manifest, field, what, fix }) => {
      const known = manifest && objectOf.get(manifest);
      const from = known === undefined ? '' : ` (${known.path}; from ${known.origin})`;
      return new ConfigurationError({
        code: 'policy-violated',
        where: `environment '${options.environment}' › ${object} › ${field}${from}`,
        problem: `policy '${rule}': ${field} ${what}`,
        fix,
      });
    }),
  );
}

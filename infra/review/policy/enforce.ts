import { ConfigurationError, type ManifestEntry, throwIfAny } from '@groundwork/constructs';
import { type PolicyOptions, violations } from './violations.ts';

/**
 * Stops the synth where objects break the rules.
 * @throws ConfigurationError (or `ConfigurationErrors`) that names object, field, cause, place in the construct tree, and how to fix it
 */
export function enforce(entries: readonly ManifestEntry[], options: PolicyOptions): void {
  const found = violations(
    entries.map(({ manifest }) => manifest),
    options,
  );
  const entryOf = new Map(entries.map((entry) => [entry.manifest, entry]));
  throwIfAny(
    found.map(({ rule, object, manifest, field, what, fix }) => {
      const entry = manifest && entryOf.get(manifest);
      const cause = entry === undefined ? '' : ` (${entry.path}; from ${entry.why})`;
      return new ConfigurationError({
        code: 'policy-violated',
        where: `environment '${options.environment}' › ${object} › ${field}${cause}`,
        problem: `policy '${rule}': ${field} ${what}`,
        fix,
      });
    }),
  );
}

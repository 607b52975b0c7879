import { type ManifestEntry, Mistake, refuse } from '@groundwork/constructs';
import { type PolicyOptions, violations } from './violations.ts';

/**
 * Stops the synth where objects break the rules.
 * @throws Mistake (or `Mistakes`) that names object, field, cause, place in the construct tree, and how to mend it
 */
export function enforce(entries: readonly ManifestEntry[], options: PolicyOptions): void {
  const found = violations(
    entries.map(({ manifest }) => manifest),
    options,
  );
  const entryOf = new Map(entries.map((entry) => [entry.manifest, entry]));
  refuse(
    found.map(({ rule, object, manifest, field, what, mend }) => {
      const entry = manifest && entryOf.get(manifest);
      const cause = entry === undefined ? '' : ` (${entry.path}; from ${entry.why})`;
      return new Mistake(
        `environment '${options.environment}' › ${object} › ${field}${cause}`,
        `policy '${rule}': ${field} ${what}`,
        mend,
      );
    }),
  );
}

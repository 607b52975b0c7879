import { canonical } from './diff/index.ts';
import type { Detail } from './finding.ts';
import type { EnvironmentPreview } from './preview.ts';

/** The same said of one environment or several. */
export interface Alike<T> {
  readonly environments: readonly string[];
  readonly value: T;
}

/** Changes of objects, each once with all environments in which it is the same, and those of the same environments together. */
export function alikeChanges(environments: readonly EnvironmentPreview[]): Alike<EnvironmentPreview['changes']>[] {
  const one = alike(
    environments.flatMap(({ name, changes }) =>
      changes.map(({ id, action, why, fields }) => [name, { id, action, why, fields }] as const),
    ),
  );
  return [...Map.groupBy(one, (group) => canonical(group.environments)).values()].map((groups) => ({
    environments: groups[0]?.environments ?? [],
    value: groups.map(({ value }) => value),
  }));
}

/** Details of a finding, each once with all environments in which it is so. */
export function alikeDetails(details: Readonly<Record<string, Detail>>): Alike<Detail>[] {
  return alike(Object.entries(details));
}

function alike<T>(said: readonly (readonly [string, T])[]): Alike<T>[] {
  return [...Map.groupBy(said, ([, value]) => canonical(value)).values()].map((same) => ({
    environments: same.map(([name]) => name),
    value: (same[0] as readonly [string, T])[1],
  }));
}

/** `dev, staging and production`. */
export function formatList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

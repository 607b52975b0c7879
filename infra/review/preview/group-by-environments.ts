import { canonical } from './diff/index.ts';
import type { Detail } from './finding.ts';
import type { EnvironmentPreview } from './preview.ts';

/** A value with the environments that share it. */
export interface Grouped<T> {
  readonly environments: readonly string[];
  readonly value: T;
}

/** Changes of objects, each once with all environments that share it, grouped by environments. */
export function groupChanges(environments: readonly EnvironmentPreview[]): Grouped<EnvironmentPreview['changes']>[] {
  const one = group(
    environments.flatMap(({ name, changes }) =>
      changes.map(({ id, action, why, fields }) => [name, { id, action, why, fields }] as const),
    ),
  );
  return [...Map.groupBy(one, ({ environments: names }) => canonical(names)).values()].map((groups) => ({
    environments: groups[0]?.environments ?? [],
    value: groups.map(({ value }) => value),
  }));
}

/** Details of a finding, each once with all environments that share it. */
export function groupDetails(details: Readonly<Record<string, Detail>>): Grouped<Detail>[] {
  return group(Object.entries(details));
}

function group<T>(entries: readonly (readonly [string, T])[]): Grouped<T>[] {
  const groups = new Map<string, { environments: string[]; value: T }>();
  for (const [name, value] of entries) {
    const key = canonical(value);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { environments: [name], value });
    else known.environments.push(name);
  }
  return [...groups.values()];
}

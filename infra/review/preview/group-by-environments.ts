import { canonical } from './diff/index.ts';
import type { Detail } from './finding.ts';
import type { EnvironmentPreview } from './preview.ts';

/** A value with the environments that share it. */
export interface Alike<T> {
  readonly environments: readonly string[];
  readonly value: T;
}

/** Changes of objects, each once with all environments that share it, grouped by environments. */
export function alikeChanges(environments: readonly EnvironmentPreview[]): Alike<EnvironmentPreview['changes']>[] {
  const one = alike(
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
export function alikeDetails(details: Readonly<Record<string, Detail>>): Alike<Detail>[] {
  return alike(Object.entries(details));
}

function alike<T>(said: readonly (readonly [string, T])[]): Alike<T>[] {
  const groups = new Map<string, { environments: string[]; value: T }>();
  for (const [name, value] of said) {
    const key = canonical(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { environments: [name], value });
    else group.environments.push(name);
  }
  return [...groups.values()];
}

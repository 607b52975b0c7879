import type { Manifest } from '@groundwork/constructs';

/** Secrets and ConfigMaps that an object names, such as `Secret/users-identity`: mounted, projected, or read into the environment. */
export function referencesOf(manifest: Manifest): readonly string[] {
  const found = new Set<string>();
  visit(manifest, (key, value) => {
    if (key === 'secretName' && typeof value === 'string') found.add(`Secret/${value}`);
    const { name } = (value ?? {}) as { name?: unknown };
    if ((key === 'secret' || key === 'secretKeyRef') && typeof name === 'string') found.add(`Secret/${name}`);
    if ((key === 'configMap' || key === 'configMapKeyRef') && typeof name === 'string') found.add(`ConfigMap/${name}`);
  });
  return [...found];
}

/** Shows each member of a tree of JSON. */
export function visit(part: unknown, show: (key: string, value: unknown) => void): void {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    show(key, value);
    visit(value, show);
  }
}

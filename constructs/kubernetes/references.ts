import type { Manifest } from '@groundwork/constructs';
import { textAt } from '@groundwork/contract';

/** Secrets and ConfigMaps that an object references as volumes or environment variables, such as `Secret/users-identity`. */
export function referencesOf(manifest: Manifest): readonly string[] {
  const found = new Set<string>();
  visit(manifest, (key, value) => {
    if (key === 'secretName' && typeof value === 'string') found.add(`Secret/${value}`);
    const name = textAt(value, 'name');
    if ((key === 'secret' || key === 'secretKeyRef') && name !== undefined) found.add(`Secret/${name}`);
    if ((key === 'configMap' || key === 'configMapKeyRef') && name !== undefined) found.add(`ConfigMap/${name}`);
  });
  return [...found];
}

/** Visits each member of a JSON tree. */
export function visit(part: unknown, show: (key: string, value: unknown) => void): void {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    show(key, value);
    visit(value, show);
  }
}

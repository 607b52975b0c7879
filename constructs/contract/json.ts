/**
 * The value at a path of JSON, or of any other value, such as `valueAt(manifest, 'spec', 'replicas')`; undefined if there
 * is none.
 */
export function valueAt(json: unknown, ...path: readonly string[]): unknown {
  let part = json;
  for (const key of path) part = typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined;
  return part;
}

/** The text at a path, such as `textAt(error, 'code')`; undefined if there is no text. */
export function textAt(json: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(json, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The array at a path; empty if there is none. */
export function listAt(json: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = valueAt(json, ...path);
  return Array.isArray(value) ? value : [];
}

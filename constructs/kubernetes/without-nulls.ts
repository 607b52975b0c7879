import type { Manifest } from './manifest.ts';

/**
 * JSON without members that are null, at any depth; itself if there are none. To the API server such a member is the same
 * as none.
 */
export function withoutNulls<T>(json: T): T {
  if (typeof json !== 'object' || json === null) return json;
  let isSame = true;
  const keep = <K>(key: K, value: unknown): (readonly [K, unknown])[] => {
    const kept = withoutNulls(value);
    isSame &&= kept !== null && kept === value;
    return kept === null ? [] : [[key, kept]];
  };
  const left = Array.isArray(json)
    ? json.flatMap((value, index) => keep(index, value)).map(([, value]) => value)
    : Object.fromEntries(Object.entries(json).flatMap(([key, value]) => keep(key, value)));
  return isSame ? json : (left as T);
}

/**
 * A manifest from elsewhere as its readers expect it: without nulls, and with text as apiVersion, kind and name even where
 * one is missing.
 */
export function readable(manifest: Manifest): Manifest {
  const known: Partial<Manifest> = withoutNulls(manifest) ?? {};
  const { apiVersion = '', kind = '', metadata } = known;
  const isWhole = known.apiVersion !== undefined && known.kind !== undefined && metadata?.name !== undefined;
  return isWhole
    ? (known as Manifest)
    : { ...known, apiVersion, kind, metadata: { ...metadata, name: metadata?.name ?? '' } };
}

/** One place of JSON that lacks its value. */
export interface Gap<T> {
  /** Such as `spec.containers.0.name is null`. */
  readonly at: string;
  readonly json: T;
}

/** JSON with each of its values left out once, and once null, as people write manifests. */
export function* gapsIn<T>(json: T, path: readonly string[] = []): Generator<Gap<T>> {
  if (typeof json !== 'object' || json === null) return;
  for (const [key, value] of Object.entries(json)) {
    const place = [...path, key];
    const put = (changed: unknown): T =>
      (Array.isArray(json) ? json.with(Number(key), changed) : { ...json, [key]: changed }) as T;
    const left = Array.isArray(json) ? json.toSpliced(Number(key), 1) : omit(json, key);
    yield { at: `${place.join('.')} is left out`, json: left as T };
    yield { at: `${place.join('.')} is null`, json: put(null) };
    for (const { at, json: inner } of gapsIn(value, place)) yield { at, json: put(inner) };
  }
}

function omit(json: object, without: string): object {
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== without));
}

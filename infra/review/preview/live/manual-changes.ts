import type { LiveManifest } from './state.ts';

/** Field managers of interactive tools; operators and controllers have other names. */
const PEOPLE = /^(kubectl|k9s|lens|node-fetch|openlens)/i;

/** Annotations of kubectl and of Groundwork's commands, such as restore. */
const OWN_NOTES = /^metadata\.annotations\.(kubectl\.kubernetes\.io|groundwork)\//;

/** A field that was changed manually in a live object, and the tool's field manager. */
export interface Touched {
  readonly field: string;
  readonly manager: string;
}

/** Fields that only interactive tools manage: deploys don't set them, so they don't revert them. */
export function manualChanges({ metadata }: LiveManifest): readonly Touched[] {
  const writers = (metadata.managedFields ?? []).filter(
    ({ subresource }) => subresource === undefined || subresource === 'scale',
  );
  const [people, others] = [
    writers.filter(({ manager }) => PEOPLE.test(manager)),
    writers.filter(({ manager }) => !PEOPLE.test(manager)),
  ];
  const known = new Set(others.flatMap(({ fieldsV1 = {} }) => leaves(fieldsV1)));
  return people
    .flatMap(({ manager, fieldsV1 = {} }) => leaves(fieldsV1).map((field) => ({ field, manager })))
    .filter(({ field }) => !known.has(field) && !OWN_NOTES.test(field));
}

/** Interactive tools that manage any field of an object. */
export function manualManagers({ metadata }: LiveManifest): readonly string[] {
  return [
    ...new Set((metadata.managedFields ?? []).map(({ manager }) => manager).filter((manager) => PEOPLE.test(manager))),
  ];
}

/**
 * Paths in a `fieldsV1` set: `f:` is a field, `k:` an item by its keys, `v:` an item by its value, `.` the object
 * itself.
 */
function leaves(fields: object, path = ''): string[] {
  const inner = Object.entries(fields).filter(([key]) => key !== '.');
  if (inner.length === 0) return path === '' ? [] : [path];
  return inner.flatMap(([key, below]) => {
    const name = key.slice(2);
    const next = key.startsWith('f:') ? `${path === '' ? '' : `${path}.`}${name}` : `${path}[${item(name)}]`;
    return leaves(below, next);
  });
}

function item(keys: string): string {
  try {
    const read: unknown = JSON.parse(keys);
    return typeof read === 'object' && read !== null ? Object.values(read).join(',') : `${read}`;
  } catch {
    return keys;
  }
}

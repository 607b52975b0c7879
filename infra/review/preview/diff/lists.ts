/** How items of a list are identified: by key fields, by their whole content, or by their position. */
export type Identity =
  | { readonly by: 'fields'; readonly keyOf: (item: unknown) => string }
  | { readonly by: 'content' }
  | { readonly by: 'place' };

/** Key fields of Kubernetes lists. The first that all items have with unique values applies. */
const NAMING = [
  ['name'],
  ['mountPath'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['topologyKey'],
  ['key', 'operator'],
  ['key'],
  ['type'],
  ['host'],
  ['ip'],
];

/** Lists whose order matters. */
const ORDERED = new Set(['command', 'args', 'initContainers']);

/**
 * How items of the two versions of a list are identified.
 * @param field name of the list's own field
 */
export function identityOf(field: string, before: readonly unknown[], after: readonly unknown[]): Identity {
  const sides = [before, after];
  const named = NAMING.find((fields) => sides.every((items) => identifies(fields, items)));
  if (named !== undefined) return { by: 'fields', keyOf: (item) => key(named, item) };
  return ORDERED.has(field) ? { by: 'place' } : { by: 'content' };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function identifies(fields: readonly string[], items: readonly unknown[]): boolean {
  const [first = ''] = fields;
  return (
    items.every((item) => isObject(item) && ['string', 'number'].includes(typeof item[first])) &&
    new Set(items.map((item) => key(fields, item))).size === items.length
  );
}

function key(fields: readonly string[], item: unknown): string {
  return fields
    .map((field) => (isObject(item) ? item[field] : undefined))
    .filter((part) => part !== undefined)
    .join('/');
}

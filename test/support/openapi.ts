import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KUBERNETES } from '@groundwork/local';
import { execa } from 'execa';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly default?: unknown;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly 'x-kubernetes-group-version-kind'?: readonly Readonly<Record<'group' | 'version' | 'kind', string>>[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

/** Fields that only the API server and controllers write. */
const UNWRITTEN = new Set(['status', 'managedFields']);

/**
 * How Kubernetes compares the fields of its kinds, in the notation that `infra/review/preview/diff/schema.ts` reads: the
 * OpenAPI documents in Kubernetes' Go module, without what a comparison doesn't need.
 */
export async function fieldTable(): Promise<object> {
  const { stdout } = await execa('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${KUBERNETES}`], {
    cwd: import.meta.dirname,
  });
  const folder = join((JSON.parse(stdout) as { Dir: string }).Dir, 'api/openapi-spec/v3');
  const schemas = new Map<string, Schema>();
  for (const file of (await readdir(folder)).sort()) {
    const document: { readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> } } = JSON.parse(
      await readFile(join(folder, file), 'utf8'),
    );
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) schemas.set(short(name), schema);
  }
  const groups: Record<string, string> = {};
  const types: Record<string, string> = { custom: 'metadata:meta.v1.ObjectMeta' };
  const add = (name: string): void => {
    if (name in types) return;
    types[name] = '';
    const fields = Object.entries(schemas.get(name)?.properties ?? {}).flatMap(([field, schema]) => {
      if (UNWRITTEN.has(field)) return [];
      const [text, uses] = described(schema, schemas);
      for (const use of uses) add(use);
      return text === '' ? [] : [`${field}:${text}`];
    });
    types[name] = fields.join(' ');
  };
  for (const [name, { properties, ...schema }] of schemas) {
    const [{ group = '', version = '', kind = '' } = {}, ...others] = schema['x-kubernetes-group-version-kind'] ?? [];
    if (
      kind === '' ||
      version === '' ||
      others.length > 0 ||
      properties?.metadata?.allOf?.[0]?.$ref?.endsWith('.ObjectMeta') !== true
    )
      continue;
    groups[group === '' ? version : `${group}/${version}`] = name.slice(0, -kind.length - 1);
    add(name);
  }
  const used = Object.entries(types).filter(([name, fields]) => fields !== '' || isKind(name, schemas));
  return {
    source: `k8s.io/kubernetes ${KUBERNETES}, api/openapi-spec/v3`,
    groups,
    types: Object.fromEntries(used.sort()),
  };
}

function isKind(name: string, schemas: ReadonlyMap<string, Schema>): boolean {
  return schemas.get(name)?.['x-kubernetes-group-version-kind'] !== undefined;
}

/** Such as `core.v1.Container`. */
function short(name: string): string {
  return name
    .replace(/^#\/components\/schemas\//, '')
    .split('.')
    .slice(-3)
    .join('.');
}

/** A field in the table's notation, and the types that it uses; empty for literal values. */
function described(schema: Schema, schemas: ReadonlyMap<string, Schema>): [string, string[]] {
  const { items, additionalProperties, type } = schema;
  if (type === 'array' && items !== undefined) {
    const { 'x-kubernetes-list-type': list, 'x-kubernetes-list-map-keys': keys } = schema;
    const merged = schema['x-kubernetes-patch-merge-key'];
    const by = list === 'set' ? '*' : (keys ?? (merged === undefined ? [] : [merged])).join();
    const [text, uses] = described(items, schemas);
    return [`[${by}]${text.replace(/^=.*|^&/, '')}`, uses];
  }
  if (typeof additionalProperties === 'object') {
    const [text, uses] = described(additionalProperties, schemas);
    return [`{}${text.replace(/^=.*|^&/, '')}`, uses];
  }
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference === undefined)
    return [schema.default ? (isEmpty(schema.default) ? '' : `=${JSON.stringify(schema.default)}`) : '', []];
  const name = short(reference);
  if (name === 'api.resource.Quantity') return ['q', []];
  if (schemas.get(name)?.properties === undefined) return ['', []];
  return [schema.default === undefined ? `&${name}` : name, [name]];
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

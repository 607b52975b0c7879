import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the API server compares the value of a field. */
export type FieldSchema =
  /** By its text or number; of kinds without a schema also by the order of lists. */
  | { readonly is: 'literal'; readonly fallback?: unknown }
  | { readonly is: 'quantity' }
  | {
      readonly is: 'list';
      readonly items: FieldSchema;
      /** Fields that identify an item. @default none: items are compared as a whole, and their order counts */
      readonly keys?: readonly string[];
      /** Whether neither order nor repetition counts. */
      readonly isSet: boolean;
    }
  | { readonly is: 'map'; readonly values: FieldSchema }
  /** An object with the fields of a type. If it is not optional, absent means the same as empty. */
  | { readonly is: 'object'; readonly type: string; readonly isOptional: boolean };

/** Of fields of custom kinds, whose schema isn't known. */
export const LITERAL: FieldSchema = { is: 'literal' };

/** Any custom kind: of its fields only the metadata are known. */
const CUSTOM = 'custom';

/** The schema of a kind. */
export function schemaOf(apiVersion: string, kind: string): FieldSchema {
  const type = `${table().groups[apiVersion]}.${kind}`;
  return { is: 'object', type: type in table().types ? type : CUSTOM, isOptional: true };
}

/** The schema of an object's field. */
export function fieldOf(type: string, field: string): FieldSchema {
  let fields = parsed.get(type);
  if (fields === undefined) {
    const texts = (table().types[type] ?? '').split(' ').filter((text) => text !== '');
    fields = new Map(texts.map((text) => [text.slice(0, text.indexOf(':')), read(text.slice(text.indexOf(':') + 1))]));
    parsed.set(type, fields);
  }
  return fields.get(field) ?? LITERAL;
}

/**
 * Reads the notation of the table: `q` is a quantity, `[name]T` a list whose items are identified by their name, `[*]`
 * a set, `[]` any other list, `{}T` a map, `T` an object, `&T` an optional object, `="x"` a value with a default.
 */
function read(text: string): FieldSchema {
  if (text === '') return LITERAL;
  if (text === 'q') return { is: 'quantity' };
  if (text.startsWith('=')) return { is: 'literal', fallback: JSON.parse(text.slice(1)) };
  if (text.startsWith('{}')) return { is: 'map', values: partOf(text.slice(2)) };
  if (!text.startsWith('[')) return { is: 'object', type: text.replace('&', ''), isOptional: text.startsWith('&') };
  const [inside = '', items = ''] = text.slice(1).split(/\](.*)/s);
  const isSet = inside === '*';
  return { is: 'list', items: partOf(items), isSet, ...(inside !== '' && !isSet && { keys: inside.split(',') }) };
}

/** An item of a list or a value of a map, which is there or not. */
function partOf(text: string): FieldSchema {
  const schema = read(text);
  return schema.is === 'object' ? { ...schema, isOptional: true } : schema;
}

const parsed = new Map<string, ReadonlyMap<string, FieldSchema>>();

interface Table {
  /** Types of a group and version, such as `core.v1` for `v1`. */
  readonly groups: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, string>>;
}

let loaded: Table | undefined;

/** The table that `test/kubernetes-fields.test.ts` derives from the OpenAPI of Kubernetes. */
function table(): Table {
  loaded ??= JSON.parse(readFileSync(join(import.meta.dirname, 'kubernetes.json'), 'utf8')) as Table;
  return loaded;
}

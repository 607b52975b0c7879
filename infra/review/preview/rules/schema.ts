import { valueAt } from '@groundwork/constructs';

/**
 * Who reads data. `taken`: the service, with its defaults filled in; callers write it. `given`: callers, who leave out
 * what they do not know; the service writes it. `stored`: consumers, who leave out what they do not know; the service
 * wrote it with the schema of before.
 */
export type Use = 'taken' | 'given' | 'stored';

/** One incompatible change of a schema. */
export interface Narrowing {
  /** Below the schema's root, such as `.email`. */
  readonly at: string;
  readonly what: string;
}

/** Limits that are stricter when lower, and those that are stricter when higher. */
const UPPER = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'] as const;
const LOWER = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'] as const;
/** Keywords that accept other values whenever they differ. */
const FORMS = ['pattern', 'format', 'multipleOf', 'uniqueItems'] as const;

type Limit = (typeof UPPER | typeof LOWER | typeof FORMS)[number];

/** The keywords of a JSON schema that are compared by what they accept. */
export interface Schema extends Readonly<Partial<Record<Limit, unknown>>> {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly default?: unknown;
}

const COMPARED: ReadonlySet<string> = new Set([
  ...[...UPPER, ...LOWER, ...FORMS],
  ...['type', 'properties', 'required', 'items', 'enum', 'const', 'anyOf', 'additionalProperties'],
]);
/** Keywords that accept and reject nothing. */
const ANNOTATIONS: ReadonlySet<string> = new Set(
  '$id $schema $comment title description default examples deprecated readOnly writeOnly'.split(' '),
);

/**
 * Incompatible changes between two versions of a JSON schema: data that its writer may write, and its reader rejects or
 * misses. Sound: a change that is not understood counts as incompatible.
 */
export function narrower(before: Schema | undefined, after: Schema | undefined, use: Use, at = ''): Narrowing[] {
  if (isSame(before, after)) return [];
  if (before === undefined)
    return use !== 'given' && (after?.required ?? []).length > 0
      ? [{ at, what: 'it requires input that it did not accept before' }]
      : [];
  if (after === undefined)
    return [{ at, what: use === 'given' ? 'it is no longer returned' : 'it is no longer accepted' }];
  return compare(before, after, use, at);
}

function compare(before: Schema, after: Schema, use: Use, at: string): Narrowing[] {
  if (isSame(before, after)) return [];
  const [written, read] = use === 'given' ? [after, before] : [before, after];
  const changes = (...keywords: readonly string[]): Narrowing[] =>
    keywords.map((keyword) => ({
      at,
      what: `${keyword} changes from ${text(valueAt(before, keyword))} to ${text(valueAt(after, keyword))}`,
    }));
  const others = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (keyword) =>
      !COMPARED.has(keyword) && !ANNOTATIONS.has(keyword) && !isSame(valueAt(before, keyword), valueAt(after, keyword)),
  );
  return [...(ofValues(written, read, use, at) ?? ofForm(before, after, use, at, changes)), ...changes(...others)];
}

/** Of a schema that lists what it accepts, or has alternatives; undefined of any other. */
function ofValues(written: Schema, read: Schema, use: Use, at: string): Narrowing[] | undefined {
  const [possible, allowed] = [values(written), values(read)];
  if (allowed !== undefined && possible === undefined)
    return [
      { at, what: use === 'given' ? 'any value may be returned, not just some' : 'only some values are accepted' },
    ];
  if (allowed !== undefined) {
    const lost = possible?.filter((value) => !allowed.includes(value)) ?? [];
    const effect = use === 'given' ? 'may be returned' : 'are no longer accepted';
    return lost.length === 0 ? [] : [{ at, what: `${lost.join(', ')} ${effect}` }];
  }
  if (written.anyOf === undefined && read.anyOf === undefined) return undefined;
  const fits = (one: Schema, other: Schema): boolean =>
    (use === 'given' ? compare(other, one, use, at) : compare(one, other, use, at)).length === 0;
  return alternatives(written).every((one) => alternatives(read).some((other) => fits(one, other)))
    ? []
    : [{ at, what: use === 'given' ? 'other forms of it may be returned' : 'some forms of it are no longer accepted' }];
}

function ofForm(
  before: Schema,
  after: Schema,
  use: Use,
  at: string,
  changes: (...keywords: readonly string[]) => Narrowing[],
): Narrowing[] {
  const [written, read] = use === 'given' ? [after, before] : [before, after];
  const accepted = types(read);
  const fits = (type: string): boolean =>
    accepted?.includes(type) || (type === 'integer' && accepted?.includes('number')) || false;
  const isOfType = accepted === undefined || (types(written)?.every(fits) ?? false);
  const stricter = [
    ...UPPER.filter((limit) => tighter(read[limit], written[limit], (a, b) => a < b)),
    ...LOWER.filter((limit) => tighter(read[limit], written[limit], (a, b) => a > b)),
    ...FORMS.filter((limit) => read[limit] !== undefined && !isSame(read[limit], written[limit])),
  ];
  if (!isOfType) return [{ at, what: `its type changes from ${kind(before)} to ${kind(after)}` }];
  return [
    ...changes(...stricter),
    ...members(before, after, use, at),
    ...unknownMembers(written, read, use, at),
    ...items(before, after, use, at, changes),
  ];
}

function members(before: Schema, after: Schema, use: Use, at: string): Narrowing[] {
  const names = [...Object.keys(before.properties ?? {}), ...Object.keys(after.properties ?? {})];
  return [...new Set(names)].flatMap((name): Narrowing[] => {
    const here = `${at}.${name}`;
    const [was, is] = [before.properties?.[name], after.properties?.[name]];
    const [needed, needs] = [before.required?.includes(name) ?? false, after.required?.includes(name) ?? false];
    if (use === 'given') {
      if (was === undefined) return []; // readers ignore unknown properties
      if (is === undefined) return [{ at: here, what: `'${name}' is removed` }];
      if (needed && !needs) return [{ at: here, what: `'${name}' is now optional` }];
    } else {
      const isRejected = use === 'taken' && after.additionalProperties === false;
      if (is === undefined) return isRejected ? [{ at: here, what: `'${name}' is rejected` }] : [];
      const isFilledIn = use === 'taken' && is.default !== undefined;
      if (needs && !needed && !isFilledIn) return [{ at: here, what: `'${name}' is now required` }];
    }
    return was !== undefined && is !== undefined ? compare(was, is, use, here) : [];
  });
}

/** Of properties that a schema does not name. Only the service minds those that it does not know. */
function unknownMembers(written: Schema, read: Schema, use: Use, at: string): Narrowing[] {
  const [may, takes] = [written.additionalProperties ?? true, read.additionalProperties ?? true];
  if (isSame(may, takes) || takes === true) return [];
  if (takes === false) return use === 'taken' ? [{ at, what: 'unknown properties are rejected' }] : [];
  return may === false ? [] : [{ at, what: 'other properties have another schema' }];
}

function items(
  { items: was }: Schema,
  { items: is }: Schema,
  use: Use,
  at: string,
  changes: (...keywords: readonly string[]) => Narrowing[],
): Narrowing[] {
  if (isSame(was, is)) return [];
  return isList(was) || isList(is) ? changes('items') : compare(was ?? {}, is ?? {}, use, `${at}[]`);
}

function isList(value: Schema | readonly Schema[] | undefined): value is readonly Schema[] {
  return Array.isArray(value);
}

function alternatives(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? [schema];
}

function types({ type, ...schema }: Schema): readonly string[] | undefined {
  if (type !== undefined) return typeof type === 'string' ? [type] : type;
  return values(schema)?.map((value) => typeOf(JSON.parse(value)));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : Array.isArray(value) ? 'array' : typeof value;
}

function values({ enum: list, const: one, anyOf }: Schema): readonly string[] | undefined {
  if (one !== undefined) return [JSON.stringify(one)];
  if (list !== undefined) return list.map((value) => JSON.stringify(value));
  if (anyOf?.every((part) => part.const !== undefined)) return anyOf.map((part) => JSON.stringify(part.const));
  return undefined;
}

/** Whether the first limit is stricter than the second; a missing limit accepts everything. */
function tighter(limit: unknown, other: unknown, beats: (a: number, b: number) => boolean): boolean {
  return typeof limit === 'number' && (typeof other !== 'number' || beats(limit, other));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function text(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function kind({ type, anyOf }: Schema): string {
  return anyOf === undefined ? String(type ?? 'anything') : 'one of several';
}

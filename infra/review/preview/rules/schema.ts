/** `taken`: callers write data in this schema and the service reads it. `given`: the service writes and others read. */
export type Use = 'taken' | 'given';

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

/** The keywords of a JSON schema that are compared. */
export interface Schema extends Readonly<Partial<Record<Limit, unknown>>> {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

/**
 * Incompatible changes between two versions of a JSON schema: input may not get narrower, output may not get wider or
 * lose properties. Sound for the keywords that contracts use; a change of any other keyword counts.
 */
export function narrower(before: Schema | undefined, after: Schema | undefined, use: Use, at = ''): Narrowing[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (before === undefined)
    return use === 'taken' && (after?.required ?? []).length > 0
      ? [{ at, what: 'it requires input that it did not accept before' }]
      : [];
  if (after === undefined)
    return [{ at, what: use === 'taken' ? 'it is no longer accepted' : 'it is no longer returned' }];
  return compare(before, after, use, at);
}

function compare(before: Schema, after: Schema, use: Use, at: string): Narrowing[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  // For the reader, output that gets wider is the same as input that gets narrower.
  const [wide, tight] = use === 'taken' ? [before, after] : [after, before];
  const found: Narrowing[] = [];
  const report = (what: string): void => void found.push({ at, what });
  if (JSON.stringify(before.type) !== JSON.stringify(after.type))
    report(`its type changes from ${kind(before)} to ${kind(after)}`);
  const allowed = values(tight);
  if (allowed !== undefined) {
    const lost = values(wide)?.filter((value) => !allowed.includes(value));
    if (lost === undefined)
      report(use === 'taken' ? 'only some values are accepted' : 'any value may be returned, not just some');
    else if (lost.length > 0)
      report(use === 'taken' ? `${lost.join(', ')} are no longer accepted` : `${lost.join(', ')} may be returned`);
  }
  const tighterLimits: Limit[] = [
    ...UPPER.filter((limit) => tighter(tight[limit], wide[limit], (a, b) => a < b)),
    ...LOWER.filter((limit) => tighter(tight[limit], wide[limit], (a, b) => a > b)),
    ...FORMS.filter((limit) => tight[limit] !== undefined && tight[limit] !== wide[limit]),
  ];
  for (const limit of tighterLimits)
    report(`${limit} changes from ${before[limit] ?? 'none'} to ${after[limit] ?? 'none'}`);
  return [
    ...found,
    ...members(before, after, use, at),
    ...(before.items && after.items ? compare(before.items, after.items, use, `${at}[]`) : []),
  ];
}

function members(before: Schema, after: Schema, use: Use, at: string): Narrowing[] {
  const names = [...Object.keys(before.properties ?? {}), ...Object.keys(after.properties ?? {})];
  return [...new Set(names)].flatMap((name): Narrowing[] => {
    const here = `${at}.${name}`;
    const [was, is] = [before.properties?.[name], after.properties?.[name]];
    const [needed, needs] = [before.required?.includes(name) ?? false, after.required?.includes(name) ?? false];
    if (use === 'taken') {
      if (is === undefined)
        return after.additionalProperties === false ? [{ at: here, what: `'${name}' is rejected` }] : [];
      if (needs && !needed) return [{ at: here, what: `'${name}' is now required` }];
    } else {
      if (was === undefined) return []; // readers ignore unknown properties
      if (is === undefined) return [{ at: here, what: `'${name}' is removed` }];
      if (needed && !needs) return [{ at: here, what: `'${name}' is now optional` }];
    }
    return was !== undefined && is !== undefined ? compare(was, is, use, here) : [];
  });
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

function kind({ type, anyOf }: Schema): string {
  return anyOf === undefined ? String(type ?? 'anything') : 'one of several';
}

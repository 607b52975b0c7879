/** `taken`: others write what fits the schema, we read it. `given`: we write, others read. */
export type Use = 'taken' | 'given';

/** One way in which a schema lets less through than before. */
export interface Narrowing {
  /** Below the schema's root, such as `.email`. */
  readonly at: string;
  readonly what: string;
}

/** Limits that let less through when they fall, and those that do when they rise. */
const UPPER = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'] as const;
const LOWER = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'] as const;
/** Those that let another set through as soon as they differ. */
const FORMS = ['pattern', 'format', 'multipleOf', 'uniqueItems'] as const;

type Limit = (typeof UPPER | typeof LOWER | typeof FORMS)[number];

/** A JSON schema, as far as it is compared. */
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
 * Where a JSON schema's new version no longer fits what the other side was told by its previous version: what is taken may not
 * get narrower, what is given may not get wider or lose parts. Sound for the keywords that contracts use; a change of any other keyword counts.
 */
export function narrower(before: Schema | undefined, after: Schema | undefined, use: Use, at = ''): Narrowing[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (before === undefined)
    return use === 'taken' && (after?.required ?? []).length > 0
      ? [{ at, what: 'it asks for something that it did not take before' }]
      : [];
  if (after === undefined) return [{ at, what: use === 'taken' ? 'it no longer takes it' : 'it is no longer given' }];
  return compare(before, after, use, at);
}

function compare(before: Schema, after: Schema, use: Use, at: string): Narrowing[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  // What is given and gets wider is, seen from the reader, the same as what is taken and gets narrower.
  const [wide, tight] = use === 'taken' ? [before, after] : [after, before];
  const found: Narrowing[] = [];
  const say = (what: string): void => void found.push({ at, what });
  if (JSON.stringify(before.type) !== JSON.stringify(after.type))
    say(`its type changes from ${kind(before)} to ${kind(after)}`);
  const allowed = values(tight);
  if (allowed !== undefined) {
    const lost = values(wide)?.filter((value) => !allowed.includes(value));
    if (lost === undefined)
      say(use === 'taken' ? 'only some values are taken now' : 'any value may be given now, not just some');
    else if (lost.length > 0)
      say(use === 'taken' ? `${lost.join(', ')} are no longer taken` : `${lost.join(', ')} may be given now`);
  }
  const tighterLimits: Limit[] = [
    ...UPPER.filter((limit) => tighter(tight[limit], wide[limit], (a, b) => a < b)),
    ...LOWER.filter((limit) => tighter(tight[limit], wide[limit], (a, b) => a > b)),
    ...FORMS.filter((limit) => tight[limit] !== undefined && tight[limit] !== wide[limit]),
  ];
  for (const limit of tighterLimits) say(`${limit} goes from ${before[limit] ?? 'none'} to ${after[limit] ?? 'none'}`);
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
        return after.additionalProperties === false ? [{ at: here, what: `'${name}' is refused now` }] : [];
      if (needs && !needed) return [{ at: here, what: `'${name}' has to be given now` }];
    } else {
      if (was === undefined) return []; // readers ignore what they don't know
      if (is === undefined) return [{ at: here, what: `'${name}' is gone` }];
      if (needed && !needs) return [{ at: here, what: `'${name}' may be missing now` }];
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

/** Whether the first limit lets less through than the second; one that isn't there lets all through. */
function tighter(limit: unknown, other: unknown, beats: (a: number, b: number) => boolean): boolean {
  return typeof limit === 'number' && (typeof other !== 'number' || beats(limit, other));
}

function kind({ type, anyOf }: Schema): string {
  return anyOf === undefined ? String(type ?? 'anything') : 'one of several';
}

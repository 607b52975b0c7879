/** `taken`: others write what fits the schema, we read it. `given`: we write, others read. */
export type Use = 'taken' | 'given';

/** One way in which a schema lets less through than before. */
export interface Narrowing {
  /** Below the schema's root, such as `.email`. */
  readonly at: string;
  readonly what: string;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly [limit: string]: unknown;
}

/** Limits that let less through when they fall, and those that do when they rise. */
const UPPER = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'];
const LOWER = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'];

/**
 * Where a JSON schema's new version no longer fits what the other side was told by the old one: what is taken may not
 * get narrower, what is given may not get wider or lose parts. Sound for the keywords that contracts use; a change of any other keyword counts.
 */
export function narrower(old: object | undefined, young: object | undefined, use: Use, at = ''): Narrowing[] {
  if (JSON.stringify(old) === JSON.stringify(young)) return [];
  if (old === undefined)
    return use === 'taken' && ((young as Schema).required ?? []).length > 0
      ? [{ at, what: 'it asks for something that it did not take before' }]
      : [];
  if (young === undefined) return [{ at, what: use === 'taken' ? 'it no longer takes it' : 'it is no longer given' }];
  return compare(old as Schema, young as Schema, use, at);
}

function compare(old: Schema, young: Schema, use: Use, at: string): Narrowing[] {
  if (JSON.stringify(old) === JSON.stringify(young)) return [];
  // What is given and gets wider is, seen from the reader, the same as what is taken and gets narrower.
  const [wide, tight] = use === 'taken' ? [old, young] : [young, old];
  const found: Narrowing[] = [];
  const say = (what: string): void => void found.push({ at, what });
  if (JSON.stringify(old.type) !== JSON.stringify(young.type))
    say(`its type changes from ${kind(old)} to ${kind(young)}`);
  const allowed = values(tight);
  if (allowed !== undefined) {
    const lost = values(wide)?.filter((value) => !allowed.includes(value));
    if (lost === undefined)
      say(use === 'taken' ? 'only some values are taken now' : 'any value may be given now, not just some');
    else if (lost.length > 0)
      say(use === 'taken' ? `${lost.join(', ')} are no longer taken` : `${lost.join(', ')} may be given now`);
  }
  for (const limit of UPPER)
    if (tighter(tight[limit], wide[limit], (a, b) => a < b))
      say(`${limit} goes from ${old[limit] ?? 'none'} to ${young[limit] ?? 'none'}`);
  for (const limit of LOWER)
    if (tighter(tight[limit], wide[limit], (a, b) => a > b))
      say(`${limit} goes from ${old[limit] ?? 'none'} to ${young[limit] ?? 'none'}`);
  for (const rule of ['pattern', 'format', 'multipleOf', 'uniqueItems']) {
    if (tight[rule] !== undefined && tight[rule] !== wide[rule])
      say(`${rule} goes from ${old[rule] ?? 'none'} to ${young[rule] ?? 'none'}`);
  }
  return [
    ...found,
    ...members(old, young, use, at),
    ...(old.items && young.items ? compare(old.items, young.items, use, `${at}[]`) : []),
  ];
}

function members(old: Schema, young: Schema, use: Use, at: string): Narrowing[] {
  const [was, is] = [old.properties ?? {}, young.properties ?? {}];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name): Narrowing[] => {
    const here = `${at}.${name}`;
    const [before, after] = [was[name], is[name]];
    const [needed, needs] = [old.required?.includes(name) ?? false, young.required?.includes(name) ?? false];
    if (use === 'taken') {
      if (after === undefined)
        return young.additionalProperties === false ? [{ at: here, what: `'${name}' is refused now` }] : [];
      if (needs && !needed) return [{ at: here, what: `'${name}' has to be given now` }];
    } else {
      if (before === undefined) return []; // readers ignore what they don't know
      if (after === undefined) return [{ at: here, what: `'${name}' is gone` }];
      if (needed && !needs) return [{ at: here, what: `'${name}' may be missing now` }];
    }
    return before !== undefined && after !== undefined ? compare(before, after, use, here) : [];
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

import { fc, test } from '@fast-check/jest';
import { describe, expect } from '@jest/globals';
import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { tolerant } from '../../../../services/kit/events/tolerant.ts';
import { narrower, type Schema, type Use } from './schema.ts';

const small = fc.integer({ min: 0, max: 2 });
const optional = fc.option(small, { nil: undefined });
const limits = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, small])), { requiredKeys: [] });
const leaf: fc.Arbitrary<TSchema> = fc.oneof(
  limits(['minLength', 'maxLength']).map((options) => Type.String(options)),
  limits(['minimum', 'maximum', 'exclusiveMinimum']).map((options) => Type.Integer(options)),
  limits(['minimum', 'maximum']).map((options) => Type.Number(options)),
  fc.constantFrom(Type.Null(), Type.Boolean(), Type.Unknown()),
  fc.constantFrom('a', 1, true).map((value) => Type.Literal(value)),
  fc.subarray(['a', 'aa', ''], { minLength: 1 }).map((list) => Type.Enum(list)),
  optional.map((multipleOf) => Type.Integer(multipleOf ? { multipleOf } : {})),
);
const { schema } = fc.letrec<{ schema: TSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((parts) => Type.Union(parts)),
    fc
      .tuple(tie('schema'), limits(['minItems', 'maxItems']), fc.boolean())
      .map(([items, options, uniqueItems]) => Type.Array(items, { ...options, ...(uniqueItems && { uniqueItems }) })),
    fc
      .tuple(
        fc.dictionary(fc.constantFrom('a', 'b'), fc.tuple(tie('schema'), fc.boolean())),
        fc.constantFrom(undefined, true, false),
      )
      .map(([fields, additionalProperties]) =>
        Type.Object(
          Object.fromEntries(
            Object.entries(fields).map(([name, [type, isOptional]]) => [name, isOptional ? Type.Optional(type) : type]),
          ),
          additionalProperties === undefined ? {} : { additionalProperties },
        ),
      ),
  ),
}));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<unknown>('', 'a', 'aa', 'aaa', -1, 0, 1, 1.5, 2, 3, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('value')),
  ),
}));
/** The schema without what it allows but does not name, which no program writes. */
function closed(type: TSchema): TSchema {
  return JSON.parse(JSON.stringify(type), (_, part) =>
    part?.type === 'object' ? { ...part, additionalProperties: false } : part,
  );
}
const accepts = (type: TSchema, json: unknown) => Compile(type).Check(json);

describe('law: without an incompatible change, what may be written can be read', () => {
  test.prop([schema, schema, fc.array(value, { minLength: 50, maxLength: 50 })], { numRuns: 1000 })(
    'of any two schemas',
    (before, after, samples) => {
      const isCompatible = (use: Use) => narrower(before as Schema, after as Schema, use).length === 0;
      const directions = [
        ['taken', before, after],
        ['stored', before, tolerant(after)],
        ['given', after, tolerant(before)],
      ] as const;
      for (const [use, written, read] of directions)
        if (isCompatible(use))
          for (const json of samples)
            if (accepts(closed(written), json))
              expect({ use, json, read: accepts(read, json) }).toEqual({ use, json, read: true });
    },
  );

  test.prop([schema])('a schema is compatible with itself', (type) => {
    for (const use of ['taken', 'stored', 'given'] as const)
      expect(narrower(type, structuredClone(type), use)).toEqual([]);
  });
});

describe('a wider schema is compatible for its reader', () => {
  const A = Type.Literal('a');
  test.each<[string, TSchema, TSchema]>([
    ['an integer as a number', Type.Integer(), Type.Number()],
    ['one of the alternatives', Type.String(), Type.Union([Type.Number(), Type.String()])],
    ['a value of its type', A, Type.String()],
    ['values of its type', Type.Union([A, Type.Literal('b')]), Type.String()],
    ['members with a schema', Type.Array(A), Type.Array(Type.String())],
    ['another description', Type.String({ description: 'x' }), Type.String({ title: 'y' })],
  ])('%s', (_, before, after) => {
    expect(narrower(before, after, 'taken')).toEqual([]);
    expect(narrower(after, before, 'given')).toEqual([]);
  });
});

test('a keyword that is not understood counts as incompatible', () => {
  expect(narrower({ type: 'string' }, { type: 'string', not: { const: 'a' } } as Schema, 'taken')).toEqual([
    { at: '', what: 'not changes from none to {"const":"a"}' },
  ]);
});

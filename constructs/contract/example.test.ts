import { expect, test } from '@jest/globals';
import { type TSchema, Type } from 'typebox';
import { exampleOf } from './example.ts';

const text = Type.String();
const named = Type.String({ examples: ['Ada', 'Grace'] });

test.each<[string, TSchema, unknown]>([
  ['the first of its examples', named, 'Ada'],
  ['a default', Type.Integer({ minimum: 1, default: 20 }), 20],
  ['the only value', Type.Literal('Bearer'), 'Bearer'],
  ['false as the only value', Type.Literal(false), false],
  ['one of several values', Type.Enum(['a', 'b']), 'a'],
  ['the first part that has one', Type.Union([text, Type.Null()]), null],
  ['a format', Type.String({ format: 'email' }), 'ada@example.org'],
  ['the smallest number', Type.Integer({ minimum: 1 }), 1],
  ['a list of one', Type.Array(named), ['Ada']],
  ['the fields that are required', Type.Object({ a: named, b: Type.Optional(Type.Boolean()) }), { a: 'Ada' }],
  ['optional fields with examples', Type.Object({ a: Type.Optional(named) }), { a: 'Ada' }],
])('an example is %s', (_what, schema, expected) => {
  expect(exampleOf(schema)).toEqual(expected);
});

test.each<[string, TSchema]>([
  ['text', text],
  ['a number without limits', Type.Number()],
  ['a list of such', Type.Array(text)],
  ['an object that requires such', Type.Object({ a: named, b: text })],
  ['anything', Type.Unknown()],
])('there is no example of %s', (_what, schema) => {
  expect(exampleOf(schema)).toBeUndefined();
});

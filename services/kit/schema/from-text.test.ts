import { fc, test } from '@fast-check/jest';
import { describe, expect } from '@jest/globals';
import { type TSchema, Type } from 'typebox';
import { textReader } from './from-text.ts';

const read = (schema: TSchema, given: unknown) => textReader(schema)(given);

describe('text that spells a value of its type is that value', () => {
  test.each<[TSchema, unknown, unknown]>([
    [Type.Integer(), '-12', -12],
    [Type.Integer(), '9007199254740991', 9007199254740991],
    [Type.Number(), '0.10', 0.1],
    [Type.Number(), '1e2', 100],
    [Type.Number(), '9007199254740992', 9007199254740992],
    [Type.Boolean(), 'false', false],
    [Type.String(), '12', '12'],
    [Type.Literal(12), '12', 12],
    [Type.Enum(['a', 1]), '1', 1],
    [Type.Union([Type.Integer(), Type.String()]), '1', 1],
    [Type.Union([Type.Integer(), Type.String()]), '1x', '1x'],
    [Type.Union([Type.Integer({ maximum: 5 }), Type.Boolean()]), 'true', true],
    [Type.Array(Type.Integer()), ['1', '2'], [1, 2]],
    [Type.Array(Type.Integer()), '1', [1]],
    [Type.Object({ a: Type.Integer(), b: Type.String() }), { a: '1', c: '2' }, { a: 1, c: '2' }],
    [Type.Object({ a: Type.Array(Type.String()), b: Type.Optional(Type.Array(Type.String())) }), {}, { a: [] }],
  ])('%j: %j', (schema, given, expected) => {
    expect(read(schema, given)).toEqual(expected);
  });
});

describe('any other text stays text', () => {
  const INTEGERS = ['true', '1e2', '', ' 1', '+1', '1.0', '01', '0x10', '-0', '9007199254740992', '-9007199254740993'];
  const NUMBERS = [
    'true',
    '',
    '1 ',
    '.5',
    '1.',
    'Infinity',
    'NaN',
    '1e999',
    '1e-999',
    '9007199254740993',
    '0.1234567890123456789',
  ];
  test.each<[TSchema, string]>([
    ...INTEGERS.map((text): [TSchema, string] => [Type.Integer(), text]),
    ...NUMBERS.map((text): [TSchema, string] => [Type.Number(), text]),
    ...['1', '0', '', 'TRUE', 'yes'].map((text): [TSchema, string] => [Type.Boolean(), text]),
    [Type.Literal(1), '1.0'],
    [Type.Union([Type.Integer(), Type.Boolean()]), '1e2'],
    [Type.Null(), 'null'],
  ])('%j: %j', (schema, text) => {
    expect(read(schema, text)).toBe(text);
  });

  test('a value that is given twice is no number', () => {
    expect(read(Type.Integer(), ['1', '2'])).toEqual(['1', '2']);
  });
});

test.prop([fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger())])(
  'law: each number is read from what JavaScript prints of it',
  (value) => {
    expect(read(Type.Number(), `${value}`)).toBe(value + 0);
    if (Number.isSafeInteger(value)) expect(read(Type.Integer(), `${value}`)).toBe(value + 0);
  },
);

import { listAt, textAt, valueAt } from '@groundwork/contract';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

const FORMATS: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000001',
  'date-time': '2026-01-01T00:00:00.000Z',
  date: '2026-01-01',
  email: 'ada@example.org',
  uri: 'https://example.org',
};

/** A small value that a schema allows; undefined if none is found. */
export function sampleOf(schema: TSchema): { readonly value: unknown } | undefined {
  const value = guess(schema);
  return Compile(schema).Check(value) ? { value } : undefined;
}

function guess(schema: unknown): unknown {
  const constant = valueAt(schema, 'const') ?? listAt(schema, 'enum')[0];
  if (constant !== undefined) return constant;
  const [first] = listAt(schema, 'anyOf');
  if (first !== undefined) return guess(first);
  switch (textAt(schema, 'type')) {
    case 'object': {
      const names = listAt(schema, 'required').map(String);
      return Object.fromEntries(names.map((name) => [name, guess(valueAt(schema, 'properties', name))]));
    }
    case 'array':
      return Array.from({ length: Number(valueAt(schema, 'minItems') ?? 0) }, () => guess(valueAt(schema, 'items')));
    case 'string':
      return FORMATS[textAt(schema, 'format') ?? ''] ?? text(schema);
    case 'integer':
    case 'number':
      return valueAt(schema, 'minimum') ?? 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}

/** The shortest text of one repeated character that has the schema's length and pattern. */
function text(schema: unknown): string {
  const least = Number(valueAt(schema, 'minLength') ?? 1);
  const pattern = new RegExp(textAt(schema, 'pattern') ?? '', 'u');
  const lengths = Array.from({ length: 64 }, (_, index) => least + index);
  const candidates = lengths.flatMap((length) => ['a', 'A', '0'].map((letter) => letter.repeat(length)));
  return candidates.find((candidate) => pattern.test(candidate)) ?? '';
}

import { fc, test as law } from '@fast-check/jest';
import { expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { toYaml } from './yaml.ts';

test('prints manifests in block style', () => {
  const manifest = {
    kind: 'Pod',
    spec: {
      ports: [{ port: 80, name: 'http' }],
      args: ['-c', 'a=1'],
      none: {},
      empty: [],
      cpu: '250m',
      id: '0123',
      on: 'on',
    },
  };
  expect(toYaml([manifest])).toBe(`kind: Pod
spec:
  ports:
    - port: 80
      name: http
  args:
    - "-c"
    - a=1
  none: {}
  empty: []
  cpu: 250m
  id: "0123"
  "on": "on"
`);
});

test('prints text of several lines as a literal block', () => {
  expect(toYaml([{ data: { sql: 'SELECT 1;\n\n  -- two\nSELECT 2;\n', end: 'a\nb' } }])).toBe(`data:
  sql: |
    SELECT 1;

      -- two
    SELECT 2;
  end: |-
    a
    b
`);
});

const awkward = fc.constantFrom(
  '',
  ' ',
  'yes',
  'NO',
  '~',
  'null',
  '1e3',
  '0x1f',
  '012',
  '1_000',
  '12:30:45',
  '.5',
  '-',
  '- a',
  'a: b',
  'a #b',
  "'",
  '"',
  '\\',
  '{',
  '[',
  '*a',
  '&a',
  '!a',
  '%',
  '@',
  '`',
  '\t',
  'a\n',
  '\na',
  'a\n\n',
  ' a\nb',
  'a \nb',
  '\u2028',
  '\u0085',
  '\ufeff',
  '2026-01-01',
  '<<',
  '=',
  '.inf',
  '.nan',
  '---',
  '...',
  '|',
  '>',
  '?',
);
const scalars = fc.oneof(
  awkward,
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    scalars,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(awkward, fc.string()), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

law.prop(
  [fc.array(fc.dictionary(fc.string(), tree, { maxKeys: 5, noNullPrototype: true }), { minLength: 1, maxLength: 3 })],
  { numRuns: 1000 },
)('law: a YAML 1.2 parser returns the printed value', (documents) => {
  expect(
    parseAllDocuments(toYaml(documents as object[]), { version: '1.2', uniqueKeys: true }).map((document) =>
      document.toJS(),
    ),
  ).toEqual(documents);
});

law.prop(
  [
    fc.dictionary(
      fc.string().filter((key) => key !== '<<'),
      tree,
      { maxKeys: 5, noNullPrototype: true },
    ),
  ],
  { numRuns: 1000 },
)('law: so does a YAML 1.1 parser, which Kubernetes uses', (document) => {
  expect(parse(toYaml([document]), { version: '1.1' })).toEqual(document);
});

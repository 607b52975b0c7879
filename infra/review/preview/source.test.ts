import { describe, expect, test } from '@jest/globals';
import { makePreview } from './preview.ts';
import type { Snapshot } from './snapshot.ts';
import { certainCause, changedPlaces, programLine } from './source.ts';

describe("an object's line is the innermost call in the program itself", () => {
  const program = { root: '/repo', libraries: ['constructs'] };
  test.each<[string, string[], string | undefined]>([
    [
      'past packages and libraries',
      [
        'object (file:///repo/constructs/kubernetes/object.ts:49:3)',
        'new Construct (/repo/node_modules/constructs/lib/construct.js:3:1)',
        'new Microservice (file:///repo/constructs/microservice/microservice.ts:60:5)',
        'shop (file:///repo/stacks/shop.ts:96:5)',
        'file:///repo/stacks/snapshot.ts:16:19',
      ],
      'stacks/shop.ts:96',
    ],
    ['whose path is not a URL', ['Object.<anonymous> (/repo/stacks/shop.ts:7:1)'], 'stacks/shop.ts:7'],
    ['with a blank in its path', ['shop (file:///repo/my%20stacks/shop.ts:7:1)'], 'my stacks/shop.ts:7'],
    [
      'and none outside of the repository',
      ['new App (file:///elsewhere/app.ts:1:1)', 'async Promise.all (index 0)'],
      undefined,
    ],
    ['and none where no calls are kept', [], undefined],
  ])('%s', (_, trace, expected) => expect(programLine(trace, program)).toBe(expected));
});

const PATCH = `diff --git a/stacks/shop.ts b/stacks/shop.ts
--- a/stacks/shop.ts
+++ b/stacks/shop.ts
@@ -10 +10,2 @@ head
-  gone,
+  first,
++++ b/stacks/no-file.ts
@@ -30,2 +31,0 @@ head
--- a/stacks/no-file.ts
-  gone too,
diff --git a/old.ts b/old.ts
--- a/old.ts
+++ /dev/null
@@ -1 +0,0 @@
-a
Binary files /dev/null and b/logo.png differ
`;

test('changed places are ranges of lines in the head, removed lines of the base, and files without lines', () => {
  expect(changedPlaces(PATCH).map(({ file, at }) => [file, at])).toEqual([
    ['stacks/shop.ts', 'stacks/shop.ts:10-11'],
    ['stacks/shop.ts', 'stacks/shop.ts:30-31 removed'],
    ['old.ts', 'old.ts:1 removed'],
    ['logo.png', 'logo.png'],
  ]);
});

test.each([
  ['a blank', '--- a/my file.ts\t\n+++ b/my file.ts\t', 'my file.ts:1'],
  ['a quote', '--- "a/my\\"file.ts"\n+++ "b/my\\"file.ts"', 'my"file.ts:1'],
  ['another alphabet', '--- a/größe.ts\n+++ b/größe.ts', 'größe.ts:1'],
])('a file with %s in its name is named by it', (_, header, at) => {
  expect(changedPlaces(`${header}\n@@ -1 +1 @@\n-a\n+b`)).toMatchObject([{ at }]);
});

describe('a changed place is named as the cause if there can be no other', () => {
  const layout = { contracts: ['contracts'], environment: (name: string) => `environments/${name}.ts` };
  const cause = (rule: string, environments: readonly string[], ...files: readonly string[]) =>
    certainCause(
      { rule, environments },
      files.map((file, line) => ({ file, at: `${file}:${line}` })),
      ['dev', 'production'],
      layout,
    );

  test('the only one of the commit', () => {
    expect(cause('quota', ['dev'], 'constructs/a.ts')).toBe('constructs/a.ts:0');
    expect(cause('quota', ['dev'], 'docs/a.md', 'constructs/a.test.ts', 'constructs/a.ts')).toBe('constructs/a.ts:2');
  });
  test('the only one that is not of another environment', () => {
    expect(cause('quota', ['dev'], 'environments/production.ts', 'environments/dev.ts')).toBe('environments/dev.ts:1');
  });
  test("for a broken contract, the only one in the contracts' folders", () => {
    expect(cause('contracts', ['dev', 'production'], 'contracts/users.ts', 'constructs/a.ts')).toBe(
      'contracts/users.ts:0',
    );
  });
  test('none if two places could be the cause, or no place', () => {
    expect(cause('quota', ['dev'], 'environments/dev.ts', 'environments/dev.ts')).toBeUndefined();
    expect(cause('quota', ['dev', 'production'], 'environments/dev.ts', 'constructs/a.ts')).toBeUndefined();
    expect(cause('contracts', ['dev'], 'constructs/a.ts')).toBeUndefined();
    expect(cause('quota', ['dev'])).toBeUndefined();
  });
});

describe('a finding names', () => {
  const deployment = (replicas: number, source: string) => ({
    chart: 'c',
    path: 'users',
    why: "contract 'users'",
    source,
    manifest: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'users' }, spec: { replicas } },
  });
  const stays = {
    chart: 'c',
    path: 's',
    why: 's',
    manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's' } },
  };
  const of = (...objects: Snapshot['environments'][string]): Snapshot => ({
    version: 'x',
    environments: { dev: [stays, ...objects] },
  });
  const layout = { contracts: [], environment: (name: string) => `${name}.ts` };
  const sources = (base: Snapshot, head: Snapshot, ...places: readonly string[]) =>
    makePreview({
      base,
      head,
      time: new Date(0),
      changed: { places: places.map((at) => ({ file: at.replace(/:.*/, ''), at })), layout },
    })
      .findings.filter(({ rule }) => rule !== 'policy')
      .map(({ source, changed }) => changed ?? source);

  test('the call that created the object, in the head', () => {
    expect(sources(of(deployment(3, 'shop.ts:9')), of(deployment(1, 'shop.ts:12')))).toEqual(['shop.ts:12']);
  });
  test('the call in the base, for a deleted object', () => {
    expect(sources(of(deployment(3, 'shop.ts:9')), of())).toEqual(['shop.ts:9 in the base']);
  });
  test('the call as removed, if the change removes its line', () => {
    const removed = (first: number, last: number) =>
      makePreview({
        base: of(deployment(3, 'shop.ts:9')),
        head: of(),
        time: new Date(0),
        changed: {
          places: [
            { file: 'shop.ts', at: 'shop.ts:7', removed: { file: 'shop.ts', first, last } },
            { file: 'a.ts', at: 'a.ts:1' },
          ],
          layout,
        },
      }).findings.flatMap(({ source = [] }) => source);
    expect(removed(8, 9)).toEqual(['shop.ts:9 removed']);
    expect(removed(10, 12)).toEqual(['shop.ts:9 in the base']);
  });
  test('the changed line instead, if it is certain', () => {
    const [base, head] = [of(deployment(3, 'shop.ts:9')), of(deployment(1, 'shop.ts:9'))];
    expect(sources(base, head, 'dev.ts:4')).toEqual(['dev.ts:4']);
    expect(sources(base, head, 'dev.ts:4', 'dev.ts:8')).toEqual(['shop.ts:9']);
  });
});

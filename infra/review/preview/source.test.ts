import { describe, expect, test } from '@jest/globals';
import type { Finding } from './finding.ts';
import { type ChangedLine, changedLines } from './lines.ts';
import { sourceOf } from './source.ts';

const finding = (more: Partial<Finding> = {}): Finding => ({
  rule: 'rollouts',
  severity: 'notice',
  subject: 'Deployment/users',
  what: 'pods are replaced',
  environments: ['dev', 'staging'],
  advice: 'nothing',
  cause: `contract 'users'`,
  ...more,
});
const PATCH = `diff --git a/stacks/shop.ts b/stacks/shop.ts
--- a/stacks/shop.ts
+++ b/stacks/shop.ts
@@ -10 +10,2 @@ head
-  old,
+  first,
+  second,
@@ -30,2 +31,0 @@ head
-  gone,
-  gone too,
diff --git a/old.ts b/old.ts
--- a/old.ts
+++ /dev/null
@@ -1 +0,0 @@
--- a/stacks/no-file.ts
diff --git a/some.test.ts b/some.test.ts
--- a/some.test.ts
+++ b/some.test.ts
@@ -1 +1 @@
-a
+b
`;

test('changed lines have the place they have in the head, and those that went also that in the base; tests cause nothing', () => {
  expect(changedLines(PATCH)).toEqual([
    { file: 'stacks/shop.ts', line: 10, was: 10, text: '  old,' },
    { file: 'stacks/shop.ts', line: 10, text: '  first,' },
    { file: 'stacks/shop.ts', line: 11, text: '  second,' },
    { file: 'stacks/shop.ts', line: 31, was: 30, text: '  gone,' },
    { file: 'stacks/shop.ts', line: 31, was: 31, text: '  gone too,' },
    { file: 'old.ts', line: 1, was: 1, text: '-- a/stacks/no-file.ts' },
  ]);
});

const of = (...lines: ChangedLine[]) => ({ lines, areAll: false, areCertain: false });

describe('the line that caused a finding', () => {
  const here = { file: 'constructs/a.ts', line: 12, text: 'x' };
  const there = { file: 'constructs/b.ts', line: 3, text: 'users' };
  const none: readonly string[] = [];

  test('is one in a call that made the object, where no other file can be it', () => {
    const far = { ...here, line: 90 };
    expect(
      sourceOf(finding(), of(far, here), { before: none, after: ['constructs/a.ts:10-14', 'stacks/shop.ts:3-3'] }),
    ).toBe('constructs/a.ts:12');
  });

  test('of an object that went is one in a call that made it before', () => {
    const gone = { ...here, line: 1, was: 12 };
    expect(sourceOf(finding(), of(gone), { before: ['constructs/a.ts:10-14'], after: none })).toBe('constructs/a.ts:1');
  });

  test('is one that shares words with the finding before one in a call', () => {
    const named = { ...there, file: 'contracts/users.ts' };
    expect(sourceOf(finding(), of(here, named), { before: none, after: ['constructs/a.ts:10-14'] })).toBe(
      'contracts/users.ts:3',
    );
  });

  test('of several in the call is the one that shares words with the finding', () => {
    const made = { before: none, after: ['constructs/a.ts:10-14'] };
    const other = { ...here, line: 13, text: 'replicas: 3' };
    expect(sourceOf(finding({ field: 'spec.replicas' }), of(here, other), made)).toBe('constructs/a.ts:13');
  });

  test('is the one with the very value, before one that names the service', () => {
    const pinned = { ...here, text: "  tag: '3.5.1-debian'," };
    const named = { ...there, file: 'contracts/users.ts' };
    expect(
      sourceOf(
        finding({ before: 'x:3.5.0-debian', after: 'x:3.5.1-debian' }),
        of(named, { ...pinned, text: "  image: 'x:3.5.1-debian'," }),
      ),
    ).toBe('constructs/a.ts:12');
  });

  test('is told from words where no call is known', () =>
    expect(sourceOf(finding(), of(here, { ...there, file: 'contracts/users.ts' }))).toBe('contracts/users.ts:3'));

  test('is in the one file that can be it, whatever the words', () => {
    expect(sourceOf(finding(), { ...of(here), areAll: true })).toBe('constructs/a.ts:12');
  });

  test('is not told without grounds, nor between two files that have the same', () => {
    expect(sourceOf(finding(), of(here))).toBeUndefined();
    const named = { ...there, file: 'contracts/users.ts' };
    expect(sourceOf(finding(), of(named, { ...named, file: 'stacks/users.ts' }))).toBeUndefined();
  });
});

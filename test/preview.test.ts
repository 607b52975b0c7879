import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { compareSnapshots } from '../infra/review/preview/findings.ts';
import { environments } from '../stacks/environments/index.ts';
import { shop } from '../stacks/shop.ts';
import { edits, refactorings } from './support/shop-edits.ts';
import { asItIs, snapshotOf } from './support/shop-versions.ts';
import { fixedImages } from './support/system.ts';

const EVERYWHERE = ['dev', 'staging', 'production'].join(' ');

test.each(edits.map((one) => [one.name, one] as const))(
  'the preview of %s reports what matters and nothing else',
  (_, edit) => {
    const { findings } = compareSnapshots(snapshotOf(asItIs), snapshotOf(edit.make(asItIs)));
    // Rules of the policy have separate samples, in infra/review/policy.
    const said = findings
      .filter(({ rule }) => rule !== 'policy')
      .map(({ severity, rule, subject, environments }) => `${severity} ${rule} ${subject} @ ${environments.join(' ')}`);
    const expected = edit.expected.map((line) => (line.includes(' @ ') ? line : `${line} @ ${EVERYWHERE}`));
    expect([...new Set(said)].sort()).toEqual([...new Set(expected)].sort());
  },
);

test('no change without effect is expected to have one, and the names tell all changes apart', () => {
  expect(refactorings.flatMap(({ expected }) => expected)).toEqual([]);
  expect(new Set(edits.map(({ name }) => name)).size).toBe(edits.length);
});

test('manifests are the same whether call sites are kept or not', () => {
  const plain = synthesize(shop(environments.dev, fixedImages)).objects.map(({ manifest }) => manifest);
  const traced = snapshotOf(asItIs).environments.dev?.map(({ manifest }) => manifest);
  expect(JSON.stringify(traced)).toBe(JSON.stringify(plain));
});

test('the line of every object is the call in the program that created it', () => {
  const root = join(import.meta.dirname, '..');
  const text = readFileSync(join(root, 'stacks/shop.ts'), 'utf8').split('\n');
  const { dev = [] } = snapshotOf(asItIs).environments;
  const lines = dev.map(({ manifest: { kind, metadata }, source = 'none' }) => {
    const [, line = '0'] = /^stacks\/shop\.ts:(\d+)$/.exec(source) ?? [];
    return [`${kind}/${metadata.name}`, text[Number(line) - 1] ?? source] as const;
  });
  expect(lines.filter(([, line]) => !/\bnew [A-Z]\w+\(/.test(line))).toEqual([]);
  expect(Object.fromEntries(lines)['Deployment/users']).toContain('new Microservice(');
  expect(Object.fromEntries(lines)['StatefulSet/postgres']).toContain('new Postgres(');
});

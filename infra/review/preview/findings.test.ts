import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, ConfigurationErrors, type Manifest } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { compareSnapshots } from './findings.ts';
import { makePreview } from './preview.ts';
import { markdown } from './render/markdown.ts';
import { page } from './render/page.ts';
import { type Snapshot, snapshotEach } from './snapshot.ts';

const version = (manifests: readonly Manifest[], more: Partial<Snapshot> = {}): Snapshot => ({
  version: 'x',
  environments: {
    dev: manifests.map((manifest) => ({
      chart: 'c',
      path: 'p',
      why: `contract '${manifest.metadata.name}'`,
      manifest,
    })),
  },
  ...more,
});
const object = (kind: string, name: string, rest: object = {}, apiVersion = 'v1'): Manifest => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
});
const made = (base: Snapshot, head: Snapshot) => makePreview({ base, head, time: new Date(0) });
const kept = object('ConfigMap', 'kept');
const RBAC = 'rbac.authorization.k8s.io/v1';

test('data comes before access', () => {
  const role = object('ClusterRole', 'all', { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }, RBAC);
  const { findings } = made(version([kept, object('PersistentVolumeClaim', 'data')]), version([kept, role]));
  const critical = findings.filter(({ severity }) => severity === 'critical').map(({ rule }) => rule);
  expect(critical[0]).toBe('data');
  expect(critical).toContain('access');
});

test('findings that say the same of many objects are one line with a count', () => {
  const claims = Array.from({ length: 12 }, (_, index) => object('PersistentVolumeClaim', `data-${index}`));
  const preview = made(version([kept, ...claims]), version([kept]));
  const same = preview.findings.filter(({ rule }) => rule === 'data');
  expect(same).toMatchObject([{ subject: 'PersistentVolumeClaim/data-0', others: { length: 11 } }]);
  const text = markdown(preview);
  expect(text).toContain('**PersistentVolumeClaim/data-0 and 11 more** the volume');
  expect(text).toContain('### 12 objects change in dev: 1 critical finding needs a look');
  // What is known of each is not lost: the page lists all, with what differs.
  for (const { metadata } of claims) expect(page(preview)).toContain(metadata.name);
  const unlike = [object('PersistentVolumeClaim', 'a'), object('Namespace', 'b')];
  expect(made(version([kept, ...unlike]), version([kept])).findings).toHaveLength(2);
});

test('a pull request that deletes everything says so', () => {
  const all = version([object('Namespace', 'n'), object('PersistentVolumeClaim', 'data')]);
  for (const head of [version([]), { version: 'x', environments: {} }]) {
    const text = markdown(made(all, head));
    expect(text).toContain('### 2 objects change in dev: 1 critical finding needs a look');
    expect(text).toContain('it is deleted with all its workloads and data');
  }
});

test('an environment that can not be synthesized in the base is not created', () => {
  const failed = [{ environment: 'dev', problem: 'no size', where: 'services.users', fix: 'add it' }];
  const head = { ...version([kept]), environments: { dev: version([kept]).environments.dev ?? [], other: [] } };
  const preview = made({ version: 'x', environments: { other: [] }, failed }, head);
  expect(preview.findings.map(({ rule, environments }) => [rule, environments])).toEqual([['synthesis', ['dev']]]);
  expect(preview.environments.flatMap(({ changes }) => changes)).toEqual([]);
  expect(markdown(preview)).toContain("### Dev can't be compared; no object changes: 1 critical finding");
});

test('environments are synthesized each on its own, and an error names its line', async () => {
  const faulty = (where: string) =>
    new ConfigurationError({ code: 'guarantee-not-kept', where, problem: 'not kept', fix: 'waive it' });
  const app = async (make: () => void) => {
    make();
    const made = new App();
    new Chart(made, 'empty');
    return made;
  };
  const settings = async () => ({ protectData: false, images: { source: 'build' }, requirements: {} });
  const { environments, failed, ...others } = await snapshotEach<() => void>(
    {
      good: async () => () => undefined,
      one: async () => () => {
        throw faulty('one');
      },
      two: async () => () => {
        throw new ConfigurationErrors([faulty('first'), faulty('second')]);
      },
      unloadable: async () => {
        throw faulty('its file');
      },
      other: async () => () => {
        throw new TypeError('no such thing');
      },
    },
    { app, settings },
    { root: import.meta.dirname },
  );
  expect(environments).toEqual({ good: [] });
  expect(Object.keys(others.settings)).toEqual(['good']);
  expect(failed.map(({ environment, where, problem }) => [environment, where, problem])).toEqual([
    ['unloadable', 'its file', 'not kept'],
    ['one', 'one', 'not kept'],
    ['two', 'first', 'not kept'],
    ['two', 'second', 'not kept'],
    ['other', "environment 'other'", 'TypeError: no such thing'],
  ]);
  const [, line = '0'] = /^findings\.test\.ts:(\d+)$/.exec(failed.at(-1)?.source ?? '') ?? [];
  const text = readFileSync(join(import.meta.dirname, 'findings.test.ts'), 'utf8').split('\n');
  expect(text[Number(line) - 1]).toContain("throw new TypeError('no such thing')");
});

test('what can not be compared has no findings of other rules', () => {
  const failed = [{ problem: 'broken', where: 'x', fix: 'fix it' }];
  const { findings } = compareSnapshots({ version: 'x', environments: {}, failed }, version([kept]));
  expect(findings.map(({ rule, subject }) => [rule, subject])).toEqual([['synthesis', 'the base']]);
});

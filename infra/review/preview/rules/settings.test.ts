import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Exception } from '../../policy/index.ts';
import { compareSnapshots } from '../findings.ts';
import { makePreview } from '../preview.ts';
import { markdown } from '../render/markdown.ts';
import { pulumiFiles, type Settings } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';

const object = {
  chart: 'c',
  path: 'p',
  why: 'w',
  manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
};
const usual: Settings = { protectData: true, images: { source: 'prebuilt' }, requirements: {} };
const version = (settings: Partial<Settings> | undefined, exceptions: readonly Exception[] = []): Snapshot => ({
  version: 'x',
  environments: { prod: [object] },
  ...(settings !== undefined && { settings: { prod: { ...usual, ...settings } } }),
  exceptions,
});
const found = (base: Snapshot, head: Snapshot) =>
  compareSnapshots(base, head).findings.map(({ severity, field, what }) => `${severity} ${field ?? ''}: ${what}`);

test.each<[string, Partial<Settings>, Partial<Settings>, RegExp]>([
  [
    'protection that ends',
    {},
    { protectData: false },
    /^critical protectData: its data stores are no longer protected/,
  ],
  ['protection that begins', { protectData: false }, {}, /^info protectData/],
  ['a cluster', { context: 'a' }, { context: 'b' }, /^critical context: it goes to another cluster/],
  ['a cluster where there was none', {}, { context: 'b' }, /^critical context/],
  [
    'a registry',
    {},
    { images: { source: 'prebuilt', registry: 'r' } },
    /^warning images.registry: its images come from/,
  ],
  ['the source of images', {}, { images: { source: 'build' } }, /^warning images.source/],
  [
    'a requirement that is removed',
    { requirements: { postgres: { guarantees: ['point-in-time-recovery'] } } },
    {},
    /^critical requirements.postgres: postgres is no longer required to keep 'point-in-time-recovery'$/,
  ],
  [
    'a requirement that is waived',
    { requirements: { grafana: { guarantees: ['tls-rotation'] } } },
    { requirements: { grafana: { guarantees: ['tls-rotation'], waived: { 'tls-rotation': 'too much work' } } } },
    /^warning requirements.grafana: .*'tls-rotation', which is waived: too much work$/,
  ],
  [
    'a requirement that is added',
    {},
    { requirements: { grafana: { guarantees: ['tls-rotation'] } } },
    /^info requirements.grafana: grafana is now required/,
  ],
  [
    'the cluster in the config of a stack',
    { pulumi: { project: {}, stack: { config: { 'shop:context': 'a' } } } },
    { pulumi: { project: {}, stack: { config: { 'shop:context': 'b' } } } },
    /^critical pulumi.stack.config.shop:context: it goes to another cluster/,
  ],
  [
    'another value in the config of a stack',
    { pulumi: { project: {}, stack: { config: {} } } },
    { pulumi: { project: {}, stack: { config: { 'shop:size': '2' } } } },
    /^warning pulumi.stack.config.shop:size: the settings of its deploy change/,
  ],
  [
    'the name of the project, and so the state',
    { pulumi: { project: { name: 'a' }, stack: {} } },
    { pulumi: { project: { name: 'b' }, stack: {} } },
    /^critical pulumi.project.name: its stack has another state/,
  ],
])('%s is a finding, and never nothing', (_, before, after, says) => {
  expect(found(version(before), version(after))).toEqual([expect.stringMatching(says)]);
  const text = markdown(makePreview({ base: version(before), head: version(after), time: new Date(0) }));
  expect(text).not.toContain('Nothing changes');
  expect(found(version(after), version(after))).toEqual([]);
});

test('a version without settings is a finding if the other has them', () => {
  expect(found(version(undefined), version({}))).toEqual([
    expect.stringContaining('the snapshot of the base has none'),
  ]);
  expect(found(version({}), version(undefined))).toEqual([
    expect.stringContaining('the snapshot of the head has none'),
  ]);
  expect(found(version(undefined), version(undefined))).toEqual([]);
});

describe('the files of a stack', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'groundwork-settings-'));
    await mkdir(join(root, 'stacks'));
    await writeFile(join(root, 'Pulumi.yaml'), 'name: shop\nruntime: nodejs\n');
  });
  afterEach(() => rm(root, { recursive: true }));
  const read = async (config: string): Promise<Settings['pulumi']> => {
    await writeFile(join(root, 'stacks/Pulumi.prod.yaml'), config);
    return pulumiFiles(root, 'stacks', 'prod');
  };

  test('are compared, an encrypted value by its fingerprint', async () => {
    const before = await read('encryptionsalt: v1:PLANTED-1\nconfig:\n  shop:password:\n    secure: PLANTED-2\n');
    const after = await read('encryptionsalt: v1:PLANTED-1\nconfig:\n  shop:password:\n    secure: PLANTED-3\n');
    expect(JSON.stringify([before, after])).not.toContain('PLANTED');
    expect(found(version({ ...(before && { pulumi: before }) }), version({ ...(after && { pulumi: after }) }))).toEqual(
      [expect.stringMatching(/^warning pulumi.stack.config.shop:password.secure/)],
    );
  });

  test('may be missing', async () => {
    expect(await pulumiFiles(root, 'stacks', 'other')).toEqual({
      project: { name: 'shop', runtime: 'nodejs' },
      stack: {},
    });
  });
});

test('an exception to the policy that is added or prolonged is a finding', () => {
  const exception = (expires: string, environments = ['prod']): Exception => ({
    rule: 'no-node-port',
    object: 'Service/users',
    environments,
    reason: 'one machine',
    expires,
  });
  const of = (...exceptions: Exception[]) => version({}, exceptions);
  const exceptions = (base: Snapshot, head: Snapshot) =>
    compareSnapshots(base, head).findings.flatMap(({ rule, what, note }) =>
      rule === 'exceptions' ? [[what, note]] : [],
    );
  const what = "it may violate the policy 'no-node-port' until 2027-06-30: one machine";
  expect(exceptions(of(), of(exception('2027-06-30')))).toEqual([[what, undefined]]);
  expect(exceptions(of(exception('2027-01-31')), of(exception('2027-06-30')))).toEqual([
    [what, 'formerly until 2027-01-31'],
  ]);
  expect(exceptions(of(exception('2027-06-30')), of(exception('2027-01-31')))).toEqual([]);
  expect(exceptions(of(), of(exception('2027-06-30', ['dev'])))).toEqual([]);
});

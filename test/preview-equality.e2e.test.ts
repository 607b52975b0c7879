import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/jest';
import type { Manifest } from '@groundwork/constructs';
import { listAt } from '@groundwork/contract';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { wellFormed } from '../constructs/system/index.ts';
import type { Kubectl, LiveObject } from '../infra/deploy/kubectl.ts';
import { compareSnapshots } from '../infra/review/preview/findings.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** What the preview calls equal, beside what the API server does with both versions. */
const NAMESPACE = `equality-${randomBytes(4).toString('hex')}`;
const GROUP = `${NAMESPACE}.example`;

let dev: Dev;
let kubectl: Kubectl;
beforeAll(async () => {
  dev = await devAsItRuns();
  kubectl = dev.kubectl;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `ovens.${GROUP}` },
      spec: {
        group: GROUP,
        scope: 'Namespaced',
        names: { kind: 'Oven', plural: 'ovens', singular: 'oven', listKind: 'OvenList' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
  ]);
  await kubectl.run(['wait', '--for=condition=Established', `crd/ovens.${GROUP}`, '--timeout=2m']);
}, 30 * 60_000);
afterAll(async () => {
  await kubectl?.run(['delete', 'namespace', NAMESPACE, '--wait=false', '--ignore-not-found']);
  await kubectl?.run(['delete', 'crd', `ovens.${GROUP}`, '--wait=false', '--ignore-not-found']);
  await devDown(dev);
}, 120_000);

/** Applies objects, each from a file, since kubectl goes on after one that is rejected. Returns what it reports. */
async function apply(objects: readonly object[]): Promise<string> {
  const folder = temporaryFolder('equality');
  for (const [index, object] of objects.entries())
    writeFileSync(join(folder, `${`${index}`.padStart(4, '0')}.json`), JSON.stringify(object));
  const args = ['apply', '--server-side', '--force-conflicts', '--field-manager=equality', '-f', folder];
  return kubectl.run(args).then(
    () => '',
    ({ message }: Error) => message,
  );
}

const container = {
  name: 'main',
  image: 'example.com/none:1',
  args: ['a', 'b'],
  env: [
    { name: 'A', value: '1' },
    { name: 'B', value: '$(A)2' },
  ],
  ports: [
    { name: 'http', containerPort: 80 },
    { name: 'https', containerPort: 443 },
  ],
  resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
};
const labels = { app: 'x' };
const podSelector = { matchLabels: labels };
const peers = [{ podSelector }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] } }];
/** Objects without pods, each as `[apiVersion, kind, fields]`. */
const OBJECTS: readonly (readonly [string, string, object])[] = [
  ['v1', 'ConfigMap', { data: { a: '1', b: '500m' } }],
  [
    'apps/v1',
    'Deployment',
    {
      spec: {
        replicas: 0,
        selector: podSelector,
        template: {
          metadata: { labels },
          spec: {
            containers: [container, { ...container, name: 'second' }],
            initContainers: [
              { ...container, name: 'first' },
              { ...container, name: 'then' },
            ],
            tolerations: [
              { key: 'a', operator: 'Exists' },
              { key: 'b', operator: 'Exists' },
            ],
            volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
          },
        },
      },
    },
  ],
  [
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { spec: { podSelector, policyTypes: ['Ingress'], ingress: [{ from: peers }] } },
  ],
  [
    'v1',
    'Service',
    {
      spec: {
        selector: labels,
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      },
    },
  ],
  [
    'rbac.authorization.k8s.io/v1',
    'Role',
    { rules: [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] }] },
  ],
  ['v1', 'ResourceQuota', { spec: { hard: { 'requests.cpu': '1500m', pods: '3' } } }],
  ['policy/v1', 'PodDisruptionBudget', { spec: { maxUnavailable: 1, selector: podSelector } }],
  [`${GROUP}/v1`, 'Oven', { spec: { heats: ['high', 'low'], size: '500m', racks: [{ name: 'a' }, { name: 'b' }] } }],
];

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** Other ways to write a value, of which some mean the same. */
function rewritten(value: Json | undefined, how: number): Json {
  if (Array.isArray(value)) return how % 3 === 0 ? [] : how % 3 === 1 ? value.toReversed() : value.slice(1);
  if (value === '500m') return '0.5';
  if (value === '1Gi') return '1024Mi';
  if (value === '1500m') return '1.5';
  if (typeof value === 'object' && value !== null)
    return how % 2 === 0 ? {} : Object.fromEntries(Object.entries(value).toReversed());
  if (typeof value === 'string') return how % 2 === 0 ? `${value}x` : '';
  if (typeof value === 'number') return value + 1;
  return null;
}
/** Members that the API server may fill in, or may take as none. */
const ADDED: readonly (readonly [string, Json])[] = [
  ['namespaceSelector', {}],
  ['protocol', 'TCP'],
  ['annotations', {}],
  ['env', []],
  ['nodeSelector', {}],
  ['none', null],
];

/** A copy with one value changed, at the place that a number names. */
function edited(object: Manifest, place: number, how: number): Manifest {
  const copy = JSON.parse(JSON.stringify(object));
  const places: [Record<string, Json>, string][] = [];
  const visit = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      places.push([value as Record<string, Json>, key]);
      visit(part);
    }
  };
  const { apiVersion: _, kind: __, metadata: ___, ...fields } = copy;
  visit(fields);
  const [parent, key] = places[place % places.length] as [Record<string, Json>, string];
  const value = parent[key];
  if (how % 4 === 3 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const [name, extra] = ADDED[how % ADDED.length] as (typeof ADDED)[number];
    if (!(name in value)) value[name] = extra;
  } else if (how % 4 === 2) parent[key] = null;
  else parent[key] = rewritten(value, how >> 2);
  return copy;
}

/**
 * What counts of a live object: not its metadata, which controllers write too, and not the order of a Service's ports,
 * which the API server keeps and nothing acts on.
 */
const content = ({ metadata: _, status: __, ...rest }: LiveObject): string => {
  const ports = listAt(rest.spec, 'ports').toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return JSON.stringify(rest.kind === 'Service' ? { ...rest, spec: { ...rest.spec, ports } } : rest);
};

test('law: the preview reports a change if and only if server-side apply changes the object', async () => {
  const generated = fc.sample(fc.tuple(fc.nat(OBJECTS.length - 1), fc.nat(10_000), fc.nat(10_000)), {
    numRuns: 400,
    seed: 7,
  });
  const pairs = generated.map(([which, place, how], index) => {
    const [apiVersion, kind, fields] = OBJECTS[which] as (typeof OBJECTS)[number];
    const before = { apiVersion, kind, metadata: { name: `x${index}`, namespace: NAMESPACE }, ...fields } as Manifest;
    // As every outlet gets it: members that are null are left out.
    return { before, after: wellFormed(edited(before, place, how))[0] as Manifest };
  });
  expect(await apply(pairs.map(({ before }) => before))).toBe('');
  const kinds = [...new Set(OBJECTS.map(([, kind]) => (kind === 'Oven' ? `ovens.${GROUP}` : kind.toLowerCase())))];
  const read = async () =>
    new Map((await kubectl.list(NAMESPACE, ...kinds)).map((one) => [`${one.kind}/${one.metadata.name}`, content(one)]));
  const first = await read();
  const rejected = await apply(pairs.map(({ after }) => after));
  const second = await read();
  const isRejected = ({ metadata: { name } }: Manifest) => new RegExp(`\\b${name}\\b`).test(rejected);
  const accepted = pairs.filter(({ after }) => !isRejected(after));
  expect(accepted.length).toBeGreaterThan(pairs.length / 2);
  const version = (manifests: readonly Manifest[]) => ({
    version: 'v',
    environments: { test: manifests.map((manifest) => ({ chart: 'c', path: 'p', why: 'w', manifest })) },
  });
  const [was, is] = [accepted.map(({ before }) => before), accepted.map(({ after }) => after)];
  const { environments } = compareSnapshots(version(was), version(is));
  const reported = new Set(environments.flatMap(({ changes }) => changes.map(({ after }) => after?.metadata.name)));
  const wrong = accepted.flatMap(({ before, after }) => {
    const { kind, metadata } = before;
    const [from, to] = [first.get(`${kind}/${metadata.name}`), second.get(`${kind}/${metadata.name}`)];
    if ((from !== to) === reported.has(metadata.name)) return [];
    const texts = [before, after].map((one) => JSON.stringify({ ...one, metadata: undefined }));
    return [`${kind}: the API server ${from === to ? 'keeps' : 'changes'} it`, ...texts, `${from}`, `${to}`];
  });
  expect(wrong).toEqual([]);
});

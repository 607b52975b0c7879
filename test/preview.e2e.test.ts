import type { Manifest } from '@groundwork/constructs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chooseCluster } from '../infra/cli/drivers.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { type Dev, devDown, devUp } from './support/dev.ts';
import { ObservedChanges, type Outcome } from './support/observed-changes.ts';
import { plainCases, predicted } from './support/predictions.ts';
import { asItIs, snapshotOf } from './support/shop-versions.ts';

type Spec = Record<string, unknown>;
/** Another spec of an object of the shop. */
const respec =
  (change: (spec: Spec) => Spec) =>
  (manifest: Manifest): Manifest => ({
    ...manifest,
    spec: { ...(manifest.spec as Spec), ...change(manifest.spec as Spec) },
  });
type Template = {
  readonly metadata: { readonly labels: object };
  readonly spec: { readonly containers: readonly Spec[] };
};
const template = (change: (container: Spec) => Spec) =>
  respec(({ template: before }) => {
    const { spec, ...rest } = before as Template;
    const containers = spec.containers.map((one, index) => (index === 0 ? { ...one, ...change(one) } : one));
    return { template: { ...rest, spec: { ...spec, containers } } };
  });
const tier = { 'app.kubernetes.io/component': 'service' };

/** Changes of the shop's own objects in dev that a cluster without the shop's services can judge. */
const CHANGES: readonly (readonly [string, string, (before: Manifest) => Manifest])[] = [
  [
    'another selector',
    'Deployment/users',
    respec(({ selector, template: before }) => {
      const { metadata, ...rest } = before as Template;
      const { matchLabels } = selector as { matchLabels: object };
      return {
        selector: { matchLabels: { ...matchLabels, ...tier } },
        template: { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, ...tier } } },
      };
    }),
  ],
  ['addresses without an IP', 'Service/users', respec(() => ({ clusterIP: 'None' }))],
  ['pods that start in order', 'StatefulSet/alertmanager', respec(() => ({ podManagementPolicy: 'OrderedReady' }))],
  ['another headless service', 'StatefulSet/prometheus', respec(() => ({ serviceName: 'metrics-prometheus' }))],
  [
    'a larger volume of a StatefulSet',
    'StatefulSet/postgres',
    respec(({ volumeClaimTemplates }) => ({
      volumeClaimTemplates: (volumeClaimTemplates as Manifest[]).map(
        respec(() => ({ resources: { requests: { storage: '3Gi' } } })),
      ),
    })),
  ],
  [
    'a smaller claim',
    'PersistentVolumeClaim/postgres-backup',
    respec(() => ({ resources: { requests: { storage: '3Gi' } } })),
  ],
  ['an autoscaler for what had one pod', 'Deployment/gateway', respec(() => ({ replicas: undefined }))],
  ['fewer pods that an autoscaler keeps', 'HorizontalPodAutoscaler/catalog', respec(() => ({ minReplicas: 1 }))],
  ['updates that stop all pods first', 'Deployment/users', respec(() => ({ strategy: { type: 'Recreate' } }))],
  [
    'a slower probe',
    'Deployment/users',
    template(({ readinessProbe }) => ({ readinessProbe: { ...(readinessProbe as Spec), periodSeconds: 30 } })),
  ],
  ['another image', 'StatefulSet/alertmanager', template(() => ({ image: 'thing.invalid/alertmanager:2' }))],
  [
    'rules of other alerts',
    'ConfigMap/prometheus-rules',
    (before) => ({ ...before, data: { 'pods.yaml': 'groups: []' } }),
  ],
  [
    'volumes that are deleted with their StatefulSet',
    'StatefulSet/alertmanager',
    respec(() => ({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } })),
  ],
  ['a budget of half the pods', 'PodDisruptionBudget/catalog', respec(() => ({ maxUnavailable: '50%' }))],
];

interface Row {
  readonly change: string;
  readonly object: string;
  readonly predicted: Outcome;
  readonly happened: Outcome;
}

const rows: Row[] = [];
let dev: Dev | undefined;
let observed: ObservedChanges;
beforeAll(async () => {
  const { driver } = await chooseCluster({ wanted: 'embedded' });
  let cluster = await driver.find();
  if (cluster === undefined) {
    dev = await devUp();
    cluster = dev.cluster;
  }
  observed = new ObservedChanges(new Kubectl(cluster), 'preview-observed');
  await observed.open();
  const judge = async (change: string, before: Manifest, after: Manifest | undefined): Promise<void> => {
    const object = `${before.kind}/${before.metadata.name}`;
    rows.push({ change, object, predicted: predicted(before, after), happened: await observed.of(before, after) });
  };
  for (const { name, before, after } of plainCases) await judge(name, before, after);
  const { dev: objects = [] } = snapshotOf(asItIs).environments;
  for (const [name, id, change] of CHANGES) {
    const before = objects.find(({ manifest: { kind, metadata } }) => `${kind}/${metadata.name}` === id)?.manifest;
    if (before === undefined) throw new Error(`the shop has no ${id} in dev`);
    await judge(name, before, JSON.parse(JSON.stringify(change(before))));
  }
}, 30 * 60_000);
afterAll(async () => {
  await observed?.close();
  await devDown(dev);
}, 120_000);

test('the preview predicts what the API server and its controllers do with an object', () => {
  const line = (...cells: readonly string[]): string =>
    cells.map((cell, index) => cell.padEnd([52, 44, 10, 10][index] ?? 0)).join(' ');
  const table = rows.map(({ change, object, predicted: said, happened }) =>
    line(change, object, said, happened, said === happened ? '' : '← differs'),
  );
  console.log([line('change', 'object', 'predicted', 'happened'), ...table, ...scores()].join('\n'));
  expect(rows.length).toBeGreaterThan(24);
  expect(rows.filter(({ predicted: said, happened }) => said !== happened)).toEqual([]);
});

/** Precision and recall of the prediction of each outcome. */
function scores(): string[] {
  return (['refused', 'rolls', 'in place', 'deleted'] as const).map((one) => {
    const right = rows.filter((row) => row.predicted === one && row.happened === one).length;
    const said = rows.filter((row) => row.predicted === one).length;
    const real = rows.filter((row) => row.happened === one).length;
    return `${one}: precision ${right}/${said}, recall ${right}/${real}`;
  });
}

test('removing `replicas` from a manifest scales to 1, as the preview warns', async () => {
  const [{ before }] = plainCases as [(typeof plainCases)[number]];
  const two = { ...before, spec: { ...(before.spec as object), replicas: 2 } } as Manifest;
  const { replicas: _, ...rest } = two.spec as { replicas: number };
  expect(await observed.field(two, { ...two, spec: rest } as Manifest, '.spec.replicas')).toBe('1');
});

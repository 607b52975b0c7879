import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chooseCluster } from '../infra/cli/drivers.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { corpus } from '../infra/review/preview/corpus/changes/index.ts';
import { Checkout } from '../infra/review/preview/corpus/checkout.ts';
import { compareSnapshots } from '../infra/review/preview/findings.ts';
import { type Dev, devDown, devUp } from './support/dev.ts';
import { ObservedChanges, type Outcome } from './support/observed-changes.ts';
import { plainCases, predicted } from './support/predictions.ts';

/** Changes of the corpus whose objects in dev a cluster without the shop can apply. */
const FROM_CORPUS = [
  'another selector',
  'addresses without an IP',
  'pods that start in order',
  'another headless service',
  'a larger volume of a StatefulSet',
  'a smaller claim',
  'an autoscaler for what had one pod',
  'one pod where there were two, and so no budget',
  'updates that stop all pods first',
  'a slower probe',
  'another build of an image',
  'an alert that comes earlier',
  'volumes that go with their StatefulSet',
  'a budget of half the pods',
];
const KINDS = [
  'Deployment',
  'StatefulSet',
  'Service',
  'PersistentVolumeClaim',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'ConfigMap',
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
  const checkout = await Checkout.of(join(import.meta.dirname, '..'));
  try {
    const base = await checkout.base();
    for (const name of FROM_CORPUS) {
      const change = corpus.find((one) => one.name === name);
      if (change === undefined) throw new Error(`the corpus has no change '${name}'`);
      const { snapshot } = await checkout.make(change);
      const [environment] = compareSnapshots(
        { ...base, environments: only(base) },
        { ...snapshot, environments: only(snapshot) },
      ).environments;
      for (const { kind, before, after } of environment?.changes ?? [])
        if (before !== undefined && KINDS.includes(kind)) await judge(name, before, after);
    }
  } finally {
    await checkout.remove();
  }
}, 30 * 60_000);
afterAll(async () => {
  await observed?.close();
  await devDown(dev);
}, 120_000);

const only = ({
  environments,
}: {
  readonly environments: Readonly<Record<string, readonly never[] | readonly object[]>>;
}) => ({ dev: environments.dev }) as never;

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

import { fc, test as property } from '@fast-check/jest';
import { isConfigurationError, type Manifest, synthesize } from '@groundwork/constructs';
import { deploymentPlan } from '@groundwork/pulumi';
import { ApiObject, App, Chart } from 'cdk8s';
import { violations } from '../../infra/review/policy/index.ts';
import { outcomesOf } from '../../infra/review/policy/rule.ts';
import { rules } from '../../infra/review/policy/rules/index.ts';
import { json, makePreview, markdown, page } from '../../infra/review/preview/index.ts';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from '../support/system.ts';

/** Objects of every kind that something here reads: the shop's, and those that policy rules are tested with. */
const pool: readonly Manifest[] = [
  ...Object.values(environments).flatMap((environment) =>
    [
      ...Map.groupBy(synthesize(shop(environment, fixedImages)).objects, ({ manifest }) => manifest.kind).values(),
    ].flatMap((all) => all.slice(0, 3).map(({ manifest }) => manifest)),
  ),
  ...rules.flatMap((rule) => Object.values(outcomesOf(rule)).flat(2)),
];

type Damage = 'dropped' | 'null' | 'empty';

/** Paths of all members of a value. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(Array.isArray(value) ? [] : [[key]]),
    ...pathsIn(part).map((path) => [key, ...path]),
  ]);
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value === 'object' && value !== null) return {};
  return typeof value === 'string' ? '' : null;
}

function damaged(manifest: Manifest, faults: readonly (readonly [number, Damage])[]): Manifest {
  const copy = JSON.parse(JSON.stringify(manifest));
  for (const [place, damage] of faults) {
    const paths = pathsIn(copy);
    const path = paths[place % paths.length];
    const parent = path?.slice(0, -1).reduce<never>((inside, key) => inside[key] as never, copy as never);
    const key = path?.at(-1);
    if (parent === undefined || key === undefined) continue;
    if (damage === 'dropped') delete parent[key];
    else (parent as Record<string, unknown>)[key] = damage === 'null' ? null : emptied(parent[key]);
  }
  return copy;
}

const broken = fc
  .tuple(
    fc.constantFrom(...pool),
    fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom<Damage>('dropped', 'null', 'empty')), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([manifest, faults]) => ({ whole: manifest, broken: damaged(manifest, faults) }));
const several = fc.array(broken, { minLength: 1, maxLength: 4 });
const NUMBER = { numRuns: 1500 };
const version = (manifests: readonly Manifest[]) => ({
  version: 'v',
  environments: {
    test: manifests.map((manifest) => ({ chart: 'c', path: 'p', why: 'w', manifest })),
  },
});

property.prop([several], NUMBER)('law: the policy judges manifests with missing fields', (pairs) => {
  violations(
    pairs.flatMap(({ whole, broken }) => [broken, whole]),
    { environment: 'test' },
  );
});

property.prop([several], NUMBER)('law: a preview compares manifests with missing fields', (pairs) => {
  const [base, head] = [pairs.map(({ whole }) => whole), pairs.map(({ broken }) => broken)].map(version);
  if (base === undefined || head === undefined) return;
  for (const [from, to] of [
    [base, head],
    [head, base],
  ] as const) {
    const prices = { currency: 'USD', cpu: 1, memory: 1, storage: 1 };
    const preview = makePreview({ base: from, head: to, time: new Date(0), prices });
    for (const text of [markdown(preview, { forge: 'github' }), page(preview), json(preview)]) String(text);
  }
});

property.prop([several], NUMBER)(
  'law: a plan of manifests with missing fields is made, or says what is missing',
  (pairs) => {
    const app = new App();
    const chart = new Chart(app, 'c');
    for (const [index, { broken }] of pairs.entries()) {
      const { apiVersion = 'v1', kind = 'ConfigMap' } = broken; // cdk8s itself needs them
      new ApiObject(chart, `o${index}`, { ...broken, apiVersion: apiVersion ?? 'v1', kind });
    }
    try {
      deploymentPlan(synthesize(app), { protectData: true });
    } catch (error) {
      if (!isConfigurationError(error)) throw error;
    }
  },
);

import { join } from 'node:path';
import { type Contract, type ContractSpec, contract, Graph, keepCallSites } from '@groundwork/constructs';
import { App } from 'cdk8s';
import type { Snapshot, SnapshotObject } from '../../infra/review/preview/snapshot.ts';
import { objectsOf } from '../../infra/review/preview/snapshot.ts';
import { contracts } from '../../services/contracts/index.ts';
import { deploySettings, type Environment, environments } from '../../stacks/environments/index.ts';
import { exceptions } from '../../stacks/policy-exceptions.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from './system.ts';

/** The shop as values: what a commit changes of its environments and contracts, these are changed by. */
export interface ShopVersion {
  readonly environments: Readonly<Record<string, Environment>>;
  readonly contracts: readonly Contract[];
}

/** The shop as it is. */
export const asItIs: ShopVersion = { environments, contracts };

/** Another version of one environment. */
export function inEnvironment(name: string, change: (environment: Environment) => Partial<Environment>) {
  return ({ environments: all, ...rest }: ShopVersion): ShopVersion => {
    const environment = all[name];
    if (environment === undefined) throw new Error(`the shop has no environment '${name}'`);
    return { ...rest, environments: { ...all, [name]: { ...environment, ...change(environment) } } };
  };
}

/** Another version of some contracts, by name; what calls their operations calls those that are left of them. */
export function inContracts(changes: Readonly<Record<string, (before: Contract) => Partial<ContractSpec>>>) {
  return ({ contracts: all, ...rest }: ShopVersion): ShopVersion => {
    const changed = all.map((one) => contract(one.name, { ...one, ...changes[one.name]?.(one) }));
    const operations = new Map(
      changed.flatMap(({ http }) => Object.values(http).map((one) => [`${one.service}.${one.name}`, one])),
    );
    const linked = changed.map((one) =>
      contract(one.name, {
        ...one,
        calls: one.calls.flatMap(({ service, name }) => operations.get(`${service}.${name}`) ?? []),
      }),
    );
    return { ...rest, contracts: linked };
  };
}

const PROGRAM = { root: join(import.meta.dirname, '../..'), libraries: ['constructs'] };
/** What environments make, by the contracts that they are made with: what a change leaves as it is, is not made again. */
const made = new WeakMap<readonly Contract[], WeakMap<Environment, readonly SnapshotObject[]>>();

/** What a version makes, with images that never change. */
export function snapshotOf(version: ShopVersion): Snapshot {
  const graph = new Graph(version.contracts);
  const known = made.get(version.contracts) ?? new WeakMap<Environment, readonly SnapshotObject[]>();
  made.set(version.contracts, known);
  const objects = (environment: Environment): readonly SnapshotObject[] => {
    const before = known.get(environment);
    if (before !== undefined) return before;
    const after = objectsOf(shop(environment, fixedImages, keepCallSites(new App()), graph), PROGRAM);
    known.set(environment, after);
    return after;
  };
  return {
    version: 'values',
    environments: Object.fromEntries(
      Object.entries(version.environments).map(([name, environment]) => [name, objects(environment)]),
    ),
    settings: Object.fromEntries(
      Object.entries(version.environments).map(([name, environment]) => [name, deploySettings(environment)]),
    ),
    contracts: graph.contracts,
    exceptions,
  };
}

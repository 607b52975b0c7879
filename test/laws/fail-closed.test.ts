import { fc, test as law } from '@fast-check/jest';
import { type Contract, Graph, type Manifest, manifestsOf } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { contracts } from '../../services/contracts/index.ts';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages, system } from '../support/system.ts';
import { lets, podsOf, type Side } from './network.ts';
import { systems } from './systems.ts';

const PORTS = [80, 443, 5432, 8080, 8081, 9090];

/** Every flow between two workloads that the contracts declare, as `from -> to:port`. */
function declared(all: readonly Contract[]): Set<string> {
  const graph = new Graph(all);
  const owners = graph.contracts.filter(({ owns }) => owns.some(({ kind }) => kind === 'postgres')).map(({ name }) => name);
  return new Set([
    ...graph.calls.map(({ caller, service }) => `${caller} -> ${service}:8080`),
    ...owners.flatMap((name) => [`${name} -> postgres:5432`, `postgres-${name} -> postgres:5432`]),
  ]);
}

/** Every flow that one side's policies let through. Anyone may come in by a door on a NodePort, so it is left out as a target. */
function open(side: Side, manifests: readonly Manifest[], door: string | undefined): Set<string> {
  const pods = podsOf(manifests);
  const flows = pods.flatMap((from) =>
    pods.flatMap((to) => PORTS.filter((port) => to.name !== door && lets(side, manifests, from, to, port)).map((port) => `${from.name} -> ${to.name}:${port}`)),
  );
  return new Set(flows);
}

const sides = ['egress', 'ingress'] as const;
const shopOf = (environment: (typeof environments)[keyof typeof environments]) => manifestsOf(shop(environment, fixedImages)).map(({ manifest }) => manifest);
const cases = Object.values(environments).flatMap((environment) => sides.map((side) => ({ name: environment.name, side, environment })));

describe('law 2, fail closed: each side alone', () => {
  law.prop([systems, fc.constantFrom(...sides)], { numRuns: 100 })(
    'law: lets a pod reach another exactly when a contract says it calls it or owns it',
    (all, side) => {
      const manifests = manifestsOf(system({ contracts: all })).map(({ manifest }) => manifest);
      expect(open(side, manifests, all.find(({ edge }) => edge)?.name)).toEqual(declared(all));
    },
  );

  test.each(cases)('lets a pod of $name reach another exactly when a contract says so: $side', ({ side, environment }) => {
    expect(open(side, shopOf(environment), 'gateway')).toEqual(declared(contracts as readonly Contract[]));
  });

  test.each(cases)('keeps everyone from the admin ports of $name, that of the door included: $side', ({ side, environment }) => {
    const manifests = shopOf(environment);
    const pods = podsOf(manifests);
    expect(pods.flatMap((from) => pods.filter((to) => lets(side, manifests, from, to, 8081)))).toEqual([]);
  });

  test.each(cases)('keeps a pod that no contract names from all of $name, and all from it: $side', ({ side, environment }) => {
    const manifests = shopOf(environment);
    const stranger = { name: 'stranger', labels: { app: 'stranger' } };
    for (const pods of podsOf(manifests)) {
      const door = pods.name === 'gateway' && side === 'ingress'; // open to the outside, so to anyone whose own side lets them out
      expect(PORTS.filter((port) => !door && lets(side, manifests, stranger, pods, port))).toEqual([]);
      expect(PORTS.filter((port) => lets(side, manifests, pods, stranger, port))).toEqual([]);
    }
  });
});

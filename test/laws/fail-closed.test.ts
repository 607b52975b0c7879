import { test as law } from '@fast-check/jest';
import { type Contract, Graph, type Manifest, manifestsOf } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { contracts } from '../../services/contracts/index.ts';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages, system } from '../support/system.ts';
import { mayConnect, podsOf } from './network.ts';
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

/** Every flow that the manifests let through. The door is open to all pods where it is a NodePort, so it is left out as a target. */
function open(manifests: readonly Manifest[], door: string | undefined): Set<string> {
  const pods = podsOf(manifests);
  const flows = pods.flatMap((from) =>
    pods.flatMap((to) => PORTS.filter((port) => to.name !== door && mayConnect(manifests, from, to, port)).map((port) => `${from.name} -> ${to.name}:${port}`)),
  );
  return new Set(flows);
}

describe('law 2, fail closed', () => {
  law.prop([systems], { numRuns: 50 })('law: a pod reaches another exactly when a contract says it calls it or owns it', (all) => {
    const manifests = manifestsOf(system({ contracts: all })).map(({ manifest }) => manifest);
    const door = all.find(({ edge }) => edge)?.name;
    expect(open(manifests, door)).toEqual(declared(all));
  });

  test.each(Object.values(environments))('a pod of $name reaches another exactly when a contract says so', (environment) => {
    const manifests = manifestsOf(shop(environment, fixedImages)).map(({ manifest }) => manifest);
    expect(open(manifests, 'gateway')).toEqual(declared(contracts as readonly Contract[]));
  });

  test.each(Object.values(environments))('nobody inside gets to the admin port of a pod of $name, not even to that of the door', (environment) => {
    const manifests = manifestsOf(shop(environment, fixedImages)).map(({ manifest }) => manifest);
    const pods = podsOf(manifests);
    expect(pods.flatMap((from) => pods.filter((to) => mayConnect(manifests, from, to, 8081)))).toEqual([]);
  });

  test.each(Object.values(environments))('a pod of $name that no contract names reaches nobody, and nobody reaches it', (environment) => {
    const manifests = manifestsOf(shop(environment, fixedImages)).map(({ manifest }) => manifest);
    const stranger = { name: 'stranger', labels: { app: 'stranger' } };
    for (const pods of podsOf(manifests)) {
      expect(PORTS.filter((port) => mayConnect(manifests, stranger, pods, port) || mayConnect(manifests, pods, stranger, port))).toEqual([]);
    }
  });
});

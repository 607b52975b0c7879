import { fc, test as law } from '@fast-check/jest';
import { type Contract, Graph, type Manifest, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { contracts } from '../../services/contracts/index.ts';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages, system } from '../support/system.ts';
import { lets, type Pods, podsOf, portsOf, type Side } from './network.ts';
import { systems } from './systems.ts';

const PORTS = [80, 443, 5432, 8080, 8081, 8082, 9090, 9093];

/** Every flow from or to a service that the contracts declare, as `from -> to:port`. */
function declared(all: readonly Contract[]): Set<string> {
  const graph = new Graph(all);
  const owners = graph.contracts
    .filter(({ owns }) => owns.some(({ kind }) => kind === 'postgres'))
    .map(({ name }) => name);
  const speakers = graph.contracts
    .filter(({ publishes, consumes }) => publishes.length + consumes.length > 0)
    .map(({ name }) => name);
  return new Set([
    ...graph.calls.map(({ caller, service }) => `${caller} -> ${service}:8080`),
    ...owners.flatMap((name) => [`${name} -> postgres:5432`, `postgres-${name} -> postgres:5432`]),
    ...speakers.map((name) => `${name} -> kafka:9093`),
  ]);
}

/** Every flow that one side's policies let through. Anyone may come in by a door on a NodePort, so its port is left out as a target. */
function open(
  side: Side,
  manifests: readonly Manifest[],
  door: string | undefined,
  ports: readonly number[] = PORTS,
): Set<string> {
  const pods = podsOf(manifests);
  const reached = (from: Pods, to: Pods) =>
    ports.filter((port) => !(to.name === door && port === 8080) && lets(side, manifests, from, to, port));
  return new Set(
    pods.flatMap((from) => pods.flatMap((to) => reached(from, to).map((port) => `${from.name} -> ${to.name}:${port}`))),
  );
}

/** Those that begin or end at one of these workloads, or begin at the job that migrates its database. */
function ofServices(flows: ReadonlySet<string>, services: readonly string[]): Set<string> {
  const ends = (flow: string) => flow.replace(/:\d+$/, '').split(' -> ');
  const names = new Set(services.flatMap((name) => [name, `postgres-${name}`]));
  return new Set([...flows].filter((flow) => ends(flow).some((name) => names.has(name))));
}

const sides = ['egress', 'ingress'] as const;
const shopOf = (environment: (typeof environments)[keyof typeof environments]) =>
  synthesize(shop(environment, fixedImages)).objects.map(({ manifest }) => manifest);
const cases = Object.values(environments).flatMap((environment) =>
  sides.map((side) => ({ name: environment.name, side, environment })),
);

describe('law 2, fail closed: each side alone', () => {
  law.prop([systems, fc.constantFrom(...sides)], { numRuns: 100 })(
    'law: lets a pod reach another exactly when a contract says it calls it or owns it',
    (all, side) => {
      const manifests = synthesize(system({ contracts: all })).objects.map(({ manifest }) => manifest);
      const flows = open(side, manifests, all.find(({ edge }) => edge)?.name);
      expect(
        ofServices(
          flows,
          all.map(({ name }) => name),
        ),
      ).toEqual(declared(all));
    },
  );

  test.each(cases)(
    'lets a service of $name reach another, or be reached, exactly when a contract says so, or to be found and watched: $side',
    ({ side, environment }) => {
      const manifests = shopOf(environment);
      const names = contracts.map(({ name }) => name);
      const made = new Set(podsOf(manifests).map(({ name }) => name)); // an operator's pods are in no manifest
      const everywhere = names.flatMap((name) => [`${name} -> consul-agent:8501`, `prometheus -> ${name}:8082`]);
      const flows = [...declared(contracts as readonly Contract[])];
      // A service's own pods reach its database by the pooler too, where there is one; jobs don't.
      const pooled = names
        .filter((name) => flows.includes(`${name} -> postgres:5432`))
        .map((name) => `${name} -> postgres-pooler:5432`);
      const wanted = [...flows, ...everywhere, ...pooled].filter((flow) =>
        made.has(/-> (.*):/.exec(flow)?.[1] as string),
      );
      expect(ofServices(open(side, manifests, 'gateway', portsOf(manifests)), names)).toEqual(new Set(wanted));
    },
  );

  test.each(Object.values(environments))(
    'whatever leaves a workload of $name for another is let in there, and nothing is let in that no one sends',
    (environment) => {
      const manifests = shopOf(environment);
      const [out, into] = sides.map((side) => open(side, manifests, 'gateway', portsOf(manifests)));
      expect(out).toEqual(into);
    },
  );

  test.each(cases)(
    'keeps everyone from the probes of $name, those of the door included: $side',
    ({ side, environment }) => {
      const manifests = shopOf(environment);
      const pods = podsOf(manifests);
      expect(pods.flatMap((from) => pods.filter((to) => lets(side, manifests, from, to, 8081)))).toEqual([]);
    },
  );

  test.each(cases)(
    'keeps a pod that no contract names from all of $name, and all from it: $side',
    ({ side, environment }) => {
      const manifests = shopOf(environment);
      const stranger = { name: 'stranger', labels: { app: 'stranger' } };
      for (const pods of podsOf(manifests)) {
        const door = pods.name === 'gateway' && side === 'ingress'; // open to the outside, so to anyone whose own side lets them out
        expect(PORTS.filter((port) => !door && lets(side, manifests, stranger, pods, port))).toEqual([]);
        expect(PORTS.filter((port) => lets(side, manifests, pods, stranger, port))).toEqual([]);
      }
    },
  );
});

import { fc, test as law } from '@fast-check/jest';
import { type Contract, Graph, type Manifest, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { contracts } from '../../services/contracts/index.ts';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages, system } from '../support/system.ts';
import { allowsConnection, type Pods, podsOf, portsOf, type Side } from './network.ts';
import { systems } from './systems.ts';

const PORTS = [80, 443, 5432, 8080, 8081, 8082, 9090, 9093];

/** Every flow from or to a service that the contracts declare, as `from -> to:port`. */
function declared(all: readonly Contract[]): Set<string> {
  const graph = new Graph(all);
  const ownersOf = (kind: string) =>
    graph.contracts.filter(({ owns }) => owns.some((need) => need.kind === kind)).map(({ name }) => name);
  const speakers = graph.contracts
    .filter(({ publishes, consumes }) => publishes.length + consumes.length > 0)
    .map(({ name }) => name);
  return new Set([
    ...graph.calls.map(({ caller, service }) => `${caller} -> ${service}:8080`),
    ...ownersOf('postgres').flatMap((name) => [`${name} -> postgres:5432`, `postgres-${name} -> postgres:5432`]),
    ...ownersOf('cassandra').map((name) => `${name} -> cassandra:9042`),
    ...speakers.map((name) => `${name} -> kafka:9093`),
  ]);
}

/**
 * Every flow that one side's policies allow. An edge on a NodePort is open to all clients, so its port is excluded as a
 * target.
 */
function open(
  side: Side,
  manifests: readonly Manifest[],
  edge: string | undefined,
  ports: readonly number[] = PORTS,
): Set<string> {
  const pods = podsOf(manifests);
  const reached = (from: Pods, to: Pods) =>
    ports.filter((port) => !(to.name === edge && port === 8080) && allowsConnection(side, manifests, from, to, port));
  return new Set(
    pods.flatMap((from) => pods.flatMap((to) => reached(from, to).map((port) => `${from.name} -> ${to.name}:${port}`))),
  );
}

/** The flows from or to one of these workloads, or from the job that migrates its database. */
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
    'law: a pod reaches another exactly when a contract declares the call or the ownership',
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
    'a service of $name reaches another, or is reached, exactly when a contract declares it, or for service discovery and metrics: $side',
    ({ side, environment }) => {
      const manifests = shopOf(environment);
      const names = contracts.map(({ name }) => name);
      const made = new Set(podsOf(manifests).map(({ name }) => name)); // no manifest has an operator's pods
      const everywhere = names.flatMap((name) => [`${name} -> consul-agent:8501`, `prometheus -> ${name}:8082`]);
      const flows = [...declared(contracts as readonly Contract[])];
      // A service's own pods also reach its database through the pooler, where one exists; jobs do not.
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
    'egress of a workload of $name to another has a matching ingress rule, and the other way around',
    (environment) => {
      const manifests = shopOf(environment);
      const [out, into] = sides.map((side) => open(side, manifests, 'gateway', portsOf(manifests)));
      expect(out).toEqual(into);
    },
  );

  test.each(cases)(
    'denies all access to the probe ports of $name, those of the edge included: $side',
    ({ side, environment }) => {
      const manifests = shopOf(environment);
      const pods = podsOf(manifests);
      expect(pods.flatMap((from) => pods.filter((to) => allowsConnection(side, manifests, from, to, 8081)))).toEqual(
        [],
      );
    },
  );

  test.each(cases)('denies traffic between $name and a pod that no contract names: $side', ({ side, environment }) => {
    const manifests = shopOf(environment);
    const unknownCaller = { name: 'unknown-caller', labels: { app: 'unknown-caller' } };
    for (const pods of podsOf(manifests)) {
      // Open to external clients, so to every pod whose own side allows egress.
      const edge = pods.name === 'gateway' && side === 'ingress';
      expect(PORTS.filter((port) => !edge && allowsConnection(side, manifests, unknownCaller, pods, port))).toEqual([]);
      expect(PORTS.filter((port) => allowsConnection(side, manifests, pods, unknownCaller, port))).toEqual([]);
    }
  });
});

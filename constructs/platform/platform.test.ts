import { type Contract, type ContractSpec, contract, postgres, route } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { Type } from 'typebox';
import { at, nodePort, objectsOf, type SystemProps, system } from '../../test/support/system.ts';
import { Cpu, type Edge, Graph, type Guarantees, Microservice, type Need, Platform, Size } from '../index.ts';

const service = (spec: ContractSpec = {}, name = 'users'): Contract =>
  contract(name, { http: { ask: route('GET', '/ask', { reply: { 200: Type.String() } }) }, ...spec }) as Contract;
const plain: SystemProps = { contracts: [service()] };
const quota = { cpu: Cpu.units(10), memory: Size.gibibytes(10), storage: Size.gibibytes(100), pods: 100 };

describe('a platform', () => {
  const objects = objectsOf(system(plain));

  test('has a namespace with Pod Security restricted in a pinned version', () => {
    const labels = objects['Namespace/town-test']?.metadata as unknown as { labels: Record<string, string> };
    for (const mode of ['enforce', 'audit', 'warn']) {
      expect(labels.labels[`pod-security.kubernetes.io/${mode}`]).toBe('restricted');
      expect(labels.labels[`pod-security.kubernetes.io/${mode}-version`]).toMatch(/^v1\.\d+$/);
    }
  });

  test('denies all traffic in both directions except to the cluster DNS', () => {
    expect(objects['NetworkPolicy/default-deny']?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    expect(at(objects['NetworkPolicy/allow-dns'], 'spec.egress')).toHaveLength(1);
    expect(at(objects['NetworkPolicy/allow-dns'], 'spec.egress.0.to')).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ]);
    expect(at(objects['NetworkPolicy/allow-dns'], 'spec.egress.0.ports')).toEqual([
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ]);
  });

  test('creates every object in its namespace', () => {
    for (const { kind, metadata } of Object.values(objects))
      expect(metadata.namespace).toBe(kind === 'Namespace' ? undefined : 'town-test');
  });
});

test('an object of the whole cluster has no namespace, also in a chart that has one', () => {
  const app = new App();
  const chart = new Chart(app, 'c', { namespace: 'other' });
  new Platform(chart, 'p', { environment: 'dev', system: 's', graph: new Graph([]), quota });
  const made = objectsOf(app);
  expect(made['Namespace/s-dev']?.metadata).not.toHaveProperty('namespace');
  expect(made['NetworkPolicy/default-deny']?.metadata.namespace).toBe('s-dev');
});

describe('a platform rejects', () => {
  const ingress: Edge = {
    kind: 'ingress',
    host: 'shop.example',
    tlsSecret: 'tls',
    className: 'nginx',
    controllerNamespace: 'ingress',
  };
  const balancer: Edge = { kind: 'load-balancer', url: 'https://shop.example', sourceRanges: ['10.0.0.0/8'] };
  const withEdge = { contracts: [service({ edge: true })] };

  test.each<[string, SystemProps, string]>([
    [
      'an environment that is not a DNS label',
      { ...plain, platform: { environment: 'Dev_1' } },
      "environment 'Dev_1' › environment",
    ],
    ['a system that is not a DNS label', { ...plain, platform: { system: 'my shop' } }, "a DNS label, got 'my shop'"],
    ['a namespace that is too long', { ...plain, platform: { namespace: 'n'.repeat(64) } }, 'at most 63 characters'],
    ['a quota of no pods', { ...plain, platform: { quota: { ...quota, pods: 0 } } }, 'quota.pods'],
    ['a quota of half a pod', { ...plain, platform: { quota: { ...quota, pods: 0.5 } } }, 'quota.pods'],
    ['a quota of no CPU', { ...plain, platform: { quota: { ...quota, cpu: Cpu.millis(0) } } }, 'quota › cpu'],
    [
      'an edge contract without an edge',
      { ...withEdge, platform: { edge: undefined as never } },
      "contract 'users' › edge",
    ],
    ['an edge without an edge contract', { ...plain, platform: { edge: nodePort } }, 'no contract is an edge'],
    [
      'two edge contracts',
      {
        contracts: [
          service({ edge: true }),
          contract('web', {
            http: { all: route('GET', '/all', { reply: { 200: Type.String() } }) },
            edge: true,
          }) as Contract,
        ],
      },
      'users and web are edges',
    ],
    [
      'a host with a scheme',
      { ...withEdge, platform: { edge: { ...ingress, host: 'https://shop.example' } } },
      'edge › host',
    ],
    [
      'a TLS secret that is not a name',
      { ...withEdge, platform: { edge: { ...ingress, tlsSecret: '' } } },
      'edge › tlsSecret',
    ],
    [
      'a TLS secret that is left out',
      { ...withEdge, platform: { edge: { ...ingress, tlsSecret: undefined as never } } },
      'must be a DNS subdomain, got undefined',
    ],
    [
      'a URL with a path',
      { ...withEdge, platform: { edge: { ...nodePort, url: 'http://127.0.0.1:8080/' } as Edge } },
      'edge › url',
    ],
    [
      'a NodePort out of range',
      { ...withEdge, platform: { edge: { ...nodePort, port: 8080 } as Edge } },
      'use a port from 30000 to 32767',
    ],
    [
      'a load balancer without allowed networks',
      { ...withEdge, platform: { edge: { ...balancer, sourceRanges: [] } } },
      'edge › sourceRanges',
    ],
    [
      'a malformed network',
      { ...withEdge, platform: { edge: { ...balancer, sourceRanges: ['10.0.0.0/8', '10.0.0.300/8'] } } },
      'edge › sourceRanges[1]',
    ],
  ])('%s', (_, props, part) => {
    expect(() => system(props)).toThrow(
      expect.objectContaining({
        name: expect.stringMatching(/^ConfigurationErrors?$/),
        message: expect.stringContaining(part),
      }),
    );
  });

  test('no name that Kubernetes accepts, and no wildcard', () => {
    const edge = { ...ingress, host: '*.shop.example', tlsSecret: 'shop.example-tls', className: 'nginx.internal' };
    const made = objectsOf(system({ ...withEdge, platform: { edge, identity: { clusterIssuer: 'pki.company' } } }));
    expect(at(made['Ingress/users-edge'] ?? made['Ingress/users'], 'spec.rules.0.host')).toBe('*.shop.example');
    expect(at(made['Certificate/users-identity'], 'spec.issuerRef.name')).toBe('pki.company');
  });

  test.each([
    ['postgres', "create 'new Postgres(…)' or 'new CnpgPostgres(…)', or correct"],
    ['cassandra', "create 'new Cassandra(…)' or 'new K8ssandraCassandra(…)', or correct"],
    ['valkey', "create a BackingService, and add it with platform.addBackingService('valkey', …), or correct"],
  ])('a need of kind %s without a backing service, with a fix that does not lead to the next error', (kind, fix) => {
    const app = new App();
    const users = service({ owns: [{ kind } as Need] });
    const graph = new Graph([users]);
    const platform = new Platform(new Chart(app, 'p'), 'p', { environment: 'dev', system: 's', graph, quota });
    expect(() => new Microservice(new Chart(app, 'u'), 'u', { contract: users, platform, image: 'a/b:1' })).toThrow(
      fix,
    );
  });

  test('a contract with the name of a system, and says whose it is', () => {
    const grafana = service({}, 'postgres-provisioning');
    expect(() => system({ contracts: [grafana] })).toThrow(
      /the name is taken by postgres \(creates databases and roles\)[\s\S]*rename the contract/,
    );
  });

  test('several invalid props at once, each by name', () => {
    const props = { ...withEdge, platform: { quota: { ...quota, pods: 0 }, edge: { ...nodePort, port: 1 } as Edge } };
    expect(() => system(props)).toThrow(/quota\.pods[\s\S]*edge › port/);
  });

  test('a quota that the workloads exceed at their largest, and lists their requests', () => {
    const props: SystemProps = {
      ...plain,
      platform: { quota: { ...quota, cpu: Cpu.units(1) } },
      service: { scaling: { min: 2, max: 8 } },
    };
    expect(() => objectsOf(system(props))).toThrow(
      /the quota is 1, but the workloads at their largest request 1170m: postgres 270m, users 900m/,
    );
  });

  test('a namespace of another environment', () => {
    const app = new App();
    const make = (environment: string) =>
      new Platform(new Chart(app, environment), environment, {
        environment,
        system: 'town',
        namespace: 'town',
        graph: new Graph([service()]),
        quota,
      });
    make('dev');
    expect(() => make('staging')).toThrow(/'town' belongs to environment 'dev'\s+at environment 'staging' › namespace/);
  });

  test('a need without a backing service, and lists those that exist', () => {
    const props = { contracts: [service({ owns: [{ kind: 'cassandra' } as Need] })] };
    expect(() => system(props)).toThrow(
      /no backing service of environment 'test' provides 'cassandra'; there are: postgres, secret\s+at contract 'users' › owns\[0\]/,
    );
  });
});

describe('law 9: a requirement', () => {
  const requirement = (guarantees: readonly string[], waived: Readonly<Record<string, string>> = {}): SystemProps => ({
    contracts: [service({ owns: [postgres({ migrations: 'm' })] })],
    platform: { requirements: { postgres: { guarantees, waived } } },
  });

  test('that is kept passes', () => {
    expect(() => objectsOf(system(requirement(['survives-pod-loss'])))).not.toThrow();
  });
  test('that is not kept fails the synth', () => {
    expect(() => system(requirement(['point-in-time-recovery']))).toThrow(
      /'point-in-time-recovery' is required[\s\S]*at environment 'test' › postgres › guarantees/,
    );
  });
  test('that is waived with a reason passes', () => {
    expect(() =>
      system(requirement(['survives-node-loss'], { 'survives-node-loss': 'there is one node' })),
    ).not.toThrow();
  });
  test.each<[string, SystemProps, string]>([
    [
      'without a reason',
      requirement(['survives-node-loss'], { 'survives-node-loss': ' ' }),
      'the waiver has no reason',
    ],
    ['if it is kept', requirement(['survives-pod-loss'], { 'survives-pod-loss': 'because' }), 'the back end keeps it'],
    ['if it is not required', requirement([], { 'tls-in-transit': 'because' }), 'not required'],
  ])('must not be waived %s', (_, props, part) => {
    expect(() => system(props)).toThrow(part);
  });
  test("may be of a backing service's own, and is kept by the one that says so", () => {
    const requirements = { valkey: { guarantees: ['encrypted-at-rest'] } };
    const add = (guarantees: Guarantees) => {
      const graph = new Graph([]);
      const props = { environment: 'dev', system: 's', graph, quota, requirements };
      const platform = new Platform(new Chart(new App(), 'p'), 'p', props);
      platform.addBackingService('valkey', { guarantees, connect: () => ({}) });
    };
    expect(() => add({ 'encrypted-at-rest': true })).not.toThrow();
    expect(() => add({})).toThrow("'encrypted-at-rest' is required, but the back end does not keep it");
  });
  test('of a kind without a backing service is rejected', () => {
    expect(() =>
      objectsOf(system({ ...plain, platform: { requirements: { kafka: { guarantees: ['survives-pod-loss'] } } } })),
    ).toThrow(/requirements\.kafka/);
  });
});

import { type Contract, type ContractSpec, contract, Duration, route, secret } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { Type } from 'typebox';
import { at, objectsOf, type SystemProps, system } from '../../test/support/system.ts';
import { Cpu, type Edge, Graph, Microservice, type MicroserviceProps, Platform, Size } from '../index.ts';

const ask = (path: string, auth: 'user' | 'none' = 'none') =>
  route('GET', path, { auth, reply: { 200: Type.String() } });
const users = contract('users', { http: { list: ask('/users') } });
const make = (name: string, spec: ContractSpec): Contract => contract(name, spec) as Contract;
const pod = 'spec.template.spec';
const one = (service: Partial<MicroserviceProps> = {}, contracts: readonly Contract[] = [users as Contract]) =>
  objectsOf(system({ contracts, service }));

describe('a service scales', () => {
  test('by an autoscaler between two bounds, which alone decides the number of pods', () => {
    const objects = one({ scaling: { min: 2, max: 6, targetCpu: 60 } });
    expect(at(objects['Deployment/users'], 'spec')).not.toHaveProperty('replicas');
    expect(at(objects['HorizontalPodAutoscaler/users'], 'spec')).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
    expect(at(objects['HorizontalPodAutoscaler/users'], 'spec.metrics.0.resource.target.averageUtilization')).toBe(60);
  });
  test('not at all where both bounds are the same', () => {
    const objects = one({ scaling: { min: 3 } });
    expect(at(objects['Deployment/users'], 'spec.replicas')).toBe(3);
    expect(objects).not.toHaveProperty(['HorizontalPodAutoscaler/users']);
  });
  test('and loses one pod at a time to maintenance; a single pod has no budget that would keep its node from being drained', () => {
    expect(at(one({ scaling: { min: 2 } })['PodDisruptionBudget/users'], 'spec.maxUnavailable')).toBe(1);
    expect(one({ scaling: { min: 1, max: 4 } })).not.toHaveProperty(['PodDisruptionBudget/users']);
  });
});

describe("a service's pod", () => {
  const deployment = one()['Deployment/users'];

  test('is hardened as Pod Security restricted asks, and more', () => {
    expect(at(deployment, `${pod}.securityContext`)).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(at(deployment, `${pod}.containers.0.securityContext`)).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(at(deployment, `${pod}.automountServiceAccountToken`)).toBe(false);
    expect(at(deployment, `${pod}.volumes.0`)).toEqual({ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } });
  });
  test('is probed on a port of its own, and serves on while endpoints forget it', () => {
    for (const [probe, path] of [
      ['startupProbe', 'live'],
      ['livenessProbe', 'live'],
      ['readinessProbe', 'ready'],
    ]) {
      expect(at(deployment, `${pod}.containers.0.${probe}.httpGet`)).toEqual({
        path: `/healthz/${path}`,
        port: 'probes',
      });
    }
    expect(at(deployment, `${pod}.containers.0.lifecycle.preStop`)).toEqual({ sleep: { seconds: 5 } });
    expect(at(deployment, `${pod}.terminationGracePeriodSeconds`)).toBe(30);
    expect(at(deployment, 'spec.strategy.rollingUpdate')).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });
  test('has its memory set aside, and is never throttled', () => {
    const { requests, limits } = at(
      one({ resources: { cpu: Cpu.millis(300), memory: Size.mebibytes(200) } })['Deployment/users'],
      `${pod}.containers.0.resources`,
    ) as Record<string, object>;
    expect(requests).toEqual({ cpu: '300m', memory: '200Mi' });
    expect(limits).toEqual({ memory: '200Mi' });
  });
  test.each([
    [{ nodes: 'required' as const }, ['ScheduleAnyway', 'DoNotSchedule']],
    [{ zones: 'required' as const, nodes: 'ignored' as const }, ['DoNotSchedule']],
    [{ zones: 'ignored' as const, nodes: 'ignored' as const }, []],
  ])('is spread as asked for: %j', (spread, wanted) => {
    const constraints = at(one({ spread })['Deployment/users'], `${pod}.topologySpreadConstraints`) as {
      whenUnsatisfiable: string;
    }[];
    expect(constraints.map(({ whenUnsatisfiable }) => whenUnsatisfiable)).toEqual(wanted);
  });
});

describe('a service is told', () => {
  const env = (
    contract: Contract,
    others: readonly Contract[] = [],
    platform: SystemProps['platform'] = {},
  ): Record<string, string> => {
    const objects = objectsOf(system({ contracts: [contract, ...others], platform }));
    const variables = at(objects[`Deployment/${contract.name}`], `${pod}.containers.0.env`) as {
      name: string;
      value: string;
    }[];
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  };

  test('its name, environment, ports, log level, and who it is', () => {
    expect(env(users as Contract)).toEqual({
      SERVICE: 'users',
      ENVIRONMENT: 'test',
      LOG_LEVEL: 'info',
      PORT: '8080',
      PROBE_PORT: '8081',
      METRICS_PORT: '8082',
      NAMESPACE: 'town-test',
      TRUST_DOMAIN: 'test.town',
      IDENTITY_DIR: '/var/run/groundwork/identity',
      CALLERS: '{"list":[]}',
    });
  });
  test('who may call each of its operations, and no address of those that it calls', () => {
    const history = contract('order-history', { http: { list: ask('/orders'), wipe: ask('/wipe') } });
    const web = make('web', { calls: [history.http.list] });
    expect(env(history as Contract, [web])).toHaveProperty('CALLERS', '{"list":["web"],"wipe":[]}');
    expect(JSON.stringify(env(web, [history as Contract]))).not.toContain('order-history');
  });
  test.each<[string, ContractSpec]>([
    ['serves an operation for users', { http: { me: ask('/me', 'user') }, edge: true }],
    ['owns the signing keys', { edge: true, owns: [secret('keys', { purpose: 'x', format: 'ed25519-jwks' })] }],
  ])('who issues tokens if it %s', (_, spec) => {
    expect(env(make('door', spec))).toHaveProperty('TOKEN_ISSUER', 'http://127.0.0.1:8080');
  });
});

describe("a service's identity", () => {
  const objects = one();

  test('is a certificate for each of its addresses, mounted as a folder that follows its renewal', () => {
    expect(at(objects['Certificate/users-identity'], 'spec')).toMatchObject({
      commonName: 'users.town-test',
      uris: ['spiffe://test.town/ns/town-test/sa/users'],
      dnsNames: ['users', 'users.town-test', 'users.town-test.svc', 'users.town-test.svc.cluster.local'],
    });
    const mounts = at(objects['Deployment/users'], `${pod}.containers.0.volumeMounts`);
    expect(mounts).toContainEqual({ name: 'identity', mountPath: '/var/run/groundwork/identity', readOnly: true });
    expect(JSON.stringify(mounts)).not.toContain('subPath');
  });
  test('can be renewed sooner, and issued by others, without a new pod', () => {
    const identity = { clusterIssuer: 'company', life: Duration.hours(2) };
    const changed = objectsOf(system({ contracts: [users as Contract], platform: { identity } }));
    expect(changed['Deployment/users']).toEqual(objects['Deployment/users']);
    expect(changed['Certificate/users-identity']).not.toEqual(objects['Certificate/users-identity']);
  });
  test('is checked by the callers: its address takes TLS, that of the door plain HTTP from the edge', () => {
    expect(at(objects['Service/users'], 'spec.ports')).toEqual([{ name: 'https', port: 443, targetPort: 'http' }]);
    const door = one({}, [make('door', { http: { all: ask('/all') }, edge: true })]);
    expect(at(door['Service/door'], 'spec.ports')).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
  });
});

describe('the door', () => {
  const door = make('door', { http: { all: ask('/all') }, edge: true });
  const through = (edge: Edge) => objectsOf(system({ contracts: [door], platform: { edge } }));

  test('is an Ingress with TLS, whose controller alone gets to the pods', () => {
    const objects = through({
      kind: 'ingress',
      host: 'shop.example',
      tlsSecret: 'shop-tls',
      className: 'nginx',
      controllerNamespace: 'ingress-nginx',
    });
    expect(at(objects['Ingress/door-edge'], 'spec')).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }],
    });
    expect(at(objects['Deployment/door'], `${pod}.containers.0.env`)).toContainEqual({
      name: 'PROXY_HOPS',
      value: '1',
    });
    expect(at(objects['NetworkPolicy/door'], 'spec.ingress')).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ]);
  });
  test('is a load balancer for the networks that are named', () => {
    const objects = through({
      kind: 'load-balancer',
      url: 'https://shop.example',
      sourceRanges: ['203.0.113.0/24'],
      annotations: { 'example/cert': 'a' },
    });
    expect(objects['Service/door-edge']).toMatchObject({ metadata: { annotations: { 'example/cert': 'a' } } });
    expect(at(objects['Service/door-edge'], 'spec')).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerSourceRanges: ['203.0.113.0/24'],
      externalTrafficPolicy: 'Local',
    });
    expect(at(objects['Service/door-edge'], 'spec.ports.0.port')).toBe(443);
    expect(at(objects['NetworkPolicy/door'], 'spec.ingress.0.from')).toEqual([{ ipBlock: { cidr: '203.0.113.0/24' } }]);
  });
  test('is a port on each node, for development', () => {
    const objects = through({ kind: 'node-port', port: 30123, url: 'http://127.0.0.1:8080' });
    expect(at(objects['Service/door-edge'], 'spec.ports.0')).toEqual({
      name: 'http',
      port: 80,
      targetPort: 'http',
      nodePort: 30123,
    });
  });
});

describe('a service is refused', () => {
  test.each<[string, Partial<MicroserviceProps>, string]>([
    ['no pods', { scaling: { min: 0 } }, 'users › scaling › min'],
    ['half a pod', { scaling: { min: 1.5 } }, 'users › scaling › min'],
    ['fewer at most than at least', { scaling: { min: 3, max: 2 } }, 'max 2 is below min 3'],
    ['a target above what a CPU gives', { scaling: { min: 1, max: 2, targetCpu: 150 } }, 'out of range 10–95'],
    ['a target that does nothing', { scaling: { min: 2, targetCpu: 50 } }, 'it does nothing'],
    ['no CPU', { resources: { cpu: Cpu.millis(0), memory: Size.mebibytes(64) } }, 'users › resources › cpu'],
    [
      'memory that Node can not start with',
      { resources: { cpu: Cpu.millis(10), memory: Size.mebibytes(1) } },
      'users › resources › memory',
    ],
    ['an image that is no reference', { image: 'Not An Image' }, 'users › image'],
  ])('%s', (_, props, part) => {
    expect(() => one(props)).toThrow(
      expect.objectContaining({
        name: expect.stringMatching(/^ConfigurationErrors?$/),
        message: expect.stringContaining(part),
      }),
    );
  });

  test('all its wrong props at once', () => {
    expect(() => one({ scaling: { min: 0 }, image: '' })).toThrow(/scaling › min[\s\S]*users › image/);
  });

  test('if the graph that decides its network has not seen its contract', () => {
    const app = new App();
    const quota = { cpu: Cpu.units(4), memory: Size.gibibytes(4), storage: Size.gibibytes(4), pods: 40 };
    const platform = new Platform(new Chart(app, 'p'), 'p', {
      environment: 'dev',
      system: 'town',
      graph: new Graph([users as Contract]),
      quota,
    });
    const chart = new Chart(app, 'c');
    const image = 'registry.example/x:1';
    expect(() => new Microservice(chart, 'a', { contract: make('orders', {}), platform, image })).toThrow(
      /isn't in the platform's graph/,
    );
    expect(() => new Microservice(chart, 'b', { contract: make('users', {}), platform, image })).toThrow(
      /another contract of this name/,
    );
  });
});

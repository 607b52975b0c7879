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
  test('with an autoscaler, which alone sets the number of pods', () => {
    const objects = one({ scaling: { min: 2, max: 6, targetCpu: 60 } });
    expect(at(objects['Deployment/users'], 'spec')).not.toHaveProperty('replicas');
    expect(at(objects['HorizontalPodAutoscaler/users'], 'spec')).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
    expect(at(objects['HorizontalPodAutoscaler/users'], 'spec.metrics.0.resource.target.averageUtilization')).toBe(60);
  });
  test('not at all if both bounds are the same', () => {
    const objects = one({ scaling: { min: 3 } });
    expect(at(objects['Deployment/users'], 'spec.replicas')).toBe(3);
    expect(objects).not.toHaveProperty(['HorizontalPodAutoscaler/users']);
  });
  test('and loses one pod at a time to maintenance, also if it only can have several; a single pod has no budget', () => {
    for (const scaling of [{ min: 2 }, { min: 1, max: 5 }])
      expect(at(one({ scaling })['PodDisruptionBudget/users'], 'spec.maxUnavailable')).toBe(1);
    expect(one({ scaling: { min: 1 } })).not.toHaveProperty(['PodDisruptionBudget/users']);
  });
});

describe("a service's pod", () => {
  const deployment = one()['Deployment/users'];

  test('is hardened for Pod Security restricted, and beyond', () => {
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
  test('is probed on a separate port, and keeps serving until endpoints remove it', () => {
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
  test('has equal memory request and limit, and no CPU limit', () => {
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
  ])('is spread as its props specify: %j', (spread, wanted) => {
    const constraints = at(one({ spread })['Deployment/users'], `${pod}.topologySpreadConstraints`) as {
      whenUnsatisfiable: string;
    }[];
    expect(constraints.map(({ whenUnsatisfiable }) => whenUnsatisfiable)).toEqual(wanted);
  });
});

describe('the environment of a service has', () => {
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

  test('its name, environment, ports, log level, and identity', () => {
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
      CALLERS_FILE: '/var/run/groundwork/callers/callers.json',
    });
  });
  test('its own settings, which cannot replace one of the platform or of a need', () => {
    const own = one({ env: { FLAG: 'on' } })['Deployment/users'];
    expect(at(own, `${pod}.containers.0.env`)).toContainEqual({ name: 'FLAG', value: 'on' });
    expect(() => one({ env: { PORT: '1' } })).toThrow(/PORT has different values: '8080' and '1'/);
  });
  test('the allowed callers of its operations as a file, and no addresses of its callees', () => {
    const history = contract('order-history', { http: { list: ask('/orders'), wipe: ask('/wipe') } });
    const web = make('web', { calls: [history.http.list] });
    const objects = objectsOf(system({ contracts: [history as Contract, web] }));
    const { data } = objects['ConfigMap/order-history-callers'] as unknown as { data: Record<string, string> };
    expect(JSON.parse(data['callers.json'] as string)).toEqual({
      list: ['web'],
      wipe: [],
    });
    expect(at(objects['Deployment/order-history'], `${pod}.volumes`)).toContainEqual({
      name: 'callers',
      configMap: { name: 'order-history-callers' },
    });
    expect(env(web, [history as Contract])).not.toHaveProperty('CALLERS_FILE'); // it has no operations
    expect(JSON.stringify(env(web, [history as Contract]))).not.toContain('order-history');
  });
  test.each<[string, ContractSpec]>([
    ['serves an operation for users', { http: { me: ask('/me', 'user') }, edge: true }],
    ['owns the signing keys', { edge: true, owns: [secret('keys', { purpose: 'x', format: 'ed25519-jwks' })] }],
  ])('the token issuer if it %s', (_, spec) => {
    expect(env(make('gateway', spec))).toHaveProperty('TOKEN_ISSUER', 'http://127.0.0.1:8080');
  });
});

describe("a service's identity", () => {
  const objects = one();

  test('is a certificate for all its addresses, mounted as a folder that is updated on renewal', () => {
    expect(at(objects['Certificate/users-identity'], 'spec')).toMatchObject({
      commonName: 'users.town-test',
      uris: ['spiffe://test.town/ns/town-test/sa/users'],
      dnsNames: ['users', 'users.town-test', 'users.town-test.svc', 'users.town-test.svc.cluster.local'],
    });
    const mounts = at(objects['Deployment/users'], `${pod}.containers.0.volumeMounts`);
    expect(mounts).toContainEqual({ name: 'identity', mountPath: '/var/run/groundwork/identity', readOnly: true });
    expect(JSON.stringify(mounts)).not.toContain('subPath');
  });
  test('can have another lifetime and issuer without a new pod', () => {
    const identity = { clusterIssuer: 'company', life: Duration.hours(2) };
    const changed = objectsOf(system({ contracts: [users as Contract], platform: { identity } }));
    expect(changed['Deployment/users']).toEqual(objects['Deployment/users']);
    expect(changed['Certificate/users-identity']).not.toEqual(objects['Certificate/users-identity']);
  });
  test('is verified by callers: its Service has TLS, that of the edge contract plain HTTP', () => {
    expect(at(objects['Service/users'], 'spec.ports')).toEqual([{ name: 'https', port: 443, targetPort: 'http' }]);
    const gateway = one({}, [make('gateway', { http: { all: ask('/all') }, edge: true })]);
    expect(at(gateway['Service/gateway'], 'spec.ports')).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
  });
});

describe('the edge', () => {
  const gateway = make('gateway', { http: { all: ask('/all') }, edge: true });
  const through = (edge: Edge) => objectsOf(system({ contracts: [gateway], platform: { edge } }));

  test('is an Ingress with TLS, and only its controller may connect to the pods', () => {
    const objects = through({
      kind: 'ingress',
      host: 'shop.example',
      tlsSecret: 'shop-tls',
      className: 'nginx',
      controllerNamespace: 'ingress-nginx',
    });
    expect(at(objects['Ingress/gateway-edge'], 'spec')).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }],
    });
    expect(at(objects['Deployment/gateway'], `${pod}.containers.0.env`)).toContainEqual({
      name: 'PROXY_HOPS',
      value: '1',
    });
    expect(at(objects['NetworkPolicy/gateway'], 'spec.ingress')).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ]);
  });
  test('is a load balancer for the listed networks', () => {
    const objects = through({
      kind: 'load-balancer',
      url: 'https://shop.example',
      sourceRanges: ['203.0.113.0/24'],
      annotations: { 'example/cert': 'a' },
    });
    expect(objects['Service/gateway-edge']).toMatchObject({ metadata: { annotations: { 'example/cert': 'a' } } });
    expect(at(objects['Service/gateway-edge'], 'spec')).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerSourceRanges: ['203.0.113.0/24'],
      externalTrafficPolicy: 'Local',
    });
    expect(at(objects['Service/gateway-edge'], 'spec.ports.0.port')).toBe(443);
    expect(at(objects['NetworkPolicy/gateway'], 'spec.ingress.0.from')).toEqual([
      { ipBlock: { cidr: '203.0.113.0/24' } },
    ]);
  });
  test('is a NodePort for development', () => {
    const objects = through({ kind: 'node-port', port: 30123, url: 'http://127.0.0.1:8080' });
    expect(at(objects['Service/gateway-edge'], 'spec.ports.0')).toEqual({
      name: 'http',
      port: 80,
      targetPort: 'http',
      nodePort: 30123,
    });
  });
});

describe('a service rejects', () => {
  test.each<[string, Partial<MicroserviceProps>, string]>([
    ['no pods', { scaling: { min: 0 } }, 'users › scaling › min'],
    ['half a pod', { scaling: { min: 1.5 } }, 'users › scaling › min'],
    ['a maximum below the minimum', { scaling: { min: 3, max: 2 } }, 'max must be an integer ≥ min (3), got 2'],
    ['a CPU target above 95 %', { scaling: { min: 1, max: 2, targetCpu: 150 } }, 'from 10 to 95, got 150'],
    ['a target without scaling', { scaling: { min: 2, targetCpu: 50 } }, 'has no effect'],
    ['no CPU', { resources: { cpu: Cpu.millis(0), memory: Size.mebibytes(64) } }, 'users › resources › cpu'],
    [
      'memory that Node.js cannot start with',
      { resources: { cpu: Cpu.millis(10), memory: Size.mebibytes(1) } },
      'users › resources › memory',
    ],
    ['a malformed image reference', { image: 'Not An Image' }, 'users › image'],
  ])('%s', (_, props, part) => {
    expect(() => one(props)).toThrow(
      expect.objectContaining({
        name: expect.stringMatching(/^ConfigurationErrors?$/),
        message: expect.stringContaining(part),
      }),
    );
  });

  test('several invalid props at once', () => {
    expect(() => one({ scaling: { min: 0 }, image: '' })).toThrow(/scaling › min[\s\S]*users › image/);
  });

  test('a contract that is not in the graph of the platform', () => {
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
      /is not in the platform's graph/,
    );
    expect(() => new Microservice(chart, 'b', { contract: make('users', {}), platform, image })).toThrow(
      /another contract of this name/,
    );
  });
});

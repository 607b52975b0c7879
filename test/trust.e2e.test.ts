import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { graph } from '../stacks/shop.ts';
import { type Dev, devDown, devUp } from './support/dev.ts';
import { attempt, type Caller, LOGIN_TOKEN, openNetwork } from './support/trust/callers.ts';
import { type Attempt, printMatrix, type Result, type Row } from './support/trust/matrix.ts';
import { type Listener, listeners } from './support/trust/targets.ts';

let dev: Dev;
let image: string;
let ports: Listener[];

beforeAll(async () => {
  dev = await devUp();
  // Its image contains the clients of Kafka and Postgres.
  const pods = await dev.kubectl.get('deployment', 'notifications', dev.namespace);
  image = (pods as unknown as { spec: { template: { spec: { containers: [{ image: string }] } } } }).spec.template.spec
    .containers[0].image;
  ports = await listeners(dev.kubectl, dev.namespace);
  await dev.kubectl.run(['apply', '-f', '-'], {
    input: [foreignIdentity(), ...openNetwork(dev.namespace)].map((object) => JSON.stringify(object)).join('\n---\n'),
  });
}, 30 * 60_000);
afterAll(async () => {
  if (dev !== undefined)
    await dev.kubectl.run([
      'delete',
      'secret/trust-foreign',
      'networkpolicy/trust-in',
      'networkpolicy/trust-out',
      '--namespace',
      dev.namespace,
      '--ignore-not-found',
    ]);
  await devDown(dev);
}, 120_000);

/** A certificate in the name of catalog, from another authority. */
function foreignIdentity(): object {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-trust-'));
  try {
    const [key, cert] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
    const subject = [
      '-subj',
      `/CN=catalog.${dev.namespace}`,
      '-addext',
      `subjectAltName=URI:spiffe://dev.shop/ns/${dev.namespace}/sa/catalog`,
    ];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const stringData = { 'tls.key': readFileSync(key, 'utf8'), 'tls.crt': readFileSync(cert, 'utf8') };
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'trust-foreign', namespace: dev.namespace },
      stringData,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CALLERS = {
  unknown: { title: 'no identity', network: 'closed' },
  'unknown-inside': { title: 'no identity, network open', network: 'open' },
  foreign: { title: 'foreign identity, network open', network: 'open', identity: 'trust-foreign' },
  catalog: {
    title: "catalog, in catalog's place",
    network: 'closed',
    identity: 'catalog-identity',
    account: 'catalog',
    place: 'catalog',
  },
  'catalog-inside': {
    title: 'catalog, network open',
    network: 'open',
    identity: 'catalog-identity',
    account: 'catalog',
  },
} as const satisfies Record<string, Caller>;

const host = (name: string): string => `${name}.${dev.namespace}.svc.cluster.local`;
/** Ports of the edge accept plain HTTP, and those of probes serve the kubelet, which has no certificate. */
const isPlain = ({ workload, name, port }: Listener): boolean =>
  name === 'probes' || (workload === 'gateway' && port === 8080);
const portId = ({ workload, port, name }: Listener): string => `${workload} ${port} (${name})`;

/** Every port of every workload. */
const perPort = (network: Caller['network']): Attempt[] =>
  ports.map((listener) => {
    const { workload, address, port } = listener;
    const kind = network === 'closed' || isPlain(listener) ? 'tcp' : 'handshake';
    return {
      id: portId(listener),
      kind,
      host: address,
      port,
      ...(workload === 'postgres' && port === 5432 ? { starttls: 'postgres' } : {}),
    };
  });

/** Operations outside of catalog's contract, with catalog's certificate, in the protocol of each system. */
function outsideContract(): Attempt[] {
  const operations = graph.contracts
    .filter(({ name, edge }) => !edge && name !== 'catalog')
    .flatMap(({ name, http }) =>
      Object.values(http).map((operation): Attempt => {
        const path = operation.path.replace(/:\w+/g, 'x');
        return {
          id: `operation ${name}.${operation.name}`,
          kind: 'http',
          method: operation.method,
          url: `https://${host(name)}${path}`,
        };
      }),
    );
  const login = { token: LOGIN_TOKEN, method: 'kubernetes' };
  const consul = (id: string, method: string, path: string, body?: object): Attempt => ({
    id: `Consul: ${id}`,
    kind: 'consul',
    origin: `https://${host('consul-agent')}:8501`,
    method,
    path,
    login,
    ...(body === undefined ? {} : { body }),
  });
  const brokers = [`${host('kafka')}:9093`];
  return [
    ...operations,
    {
      id: 'metrics of users',
      kind: 'http',
      url: `https://${ports.find(({ workload, port }) => workload === 'users' && port === 8082)?.address}:8082/metrics`,
    },
    { id: 'database users, as users', kind: 'postgres', host: host('postgres'), database: 'users', user: 'users_app' },
    {
      id: 'database users, as catalog',
      kind: 'postgres',
      host: host('postgres'),
      database: 'users',
      user: 'catalog_app',
    },
    {
      id: 'database catalog, as its owner',
      kind: 'postgres',
      host: host('postgres'),
      database: 'catalog',
      user: 'catalog_owner',
    },
    {
      id: 'database postgres, as superuser',
      kind: 'postgres',
      host: host('postgres'),
      database: 'postgres',
      user: 'postgres',
    },
    { id: 'publish user.registered', kind: 'kafka', act: 'produce', brokers, topic: 'user.registered' },
    {
      id: 'read user.registered',
      kind: 'kafka',
      act: 'consume',
      brokers,
      topic: 'user.registered',
      group: 'notifications',
    },
    { id: 'publish to an undeclared topic', kind: 'kafka', act: 'produce', brokers, topic: 'trust.made' },
    consul('register as users', 'PUT', '/v1/agent/service/register', {
      ID: 'trust',
      Name: 'users',
      Address: '127.0.0.1',
      Port: 1,
    }),
    consul('write a key', 'PUT', '/v1/kv/trust', {}),
    consul('create a token', 'PUT', '/v1/acl/token', {}),
    consul("read the agent's configuration", 'GET', '/v1/agent/self'),
  ];
}

/** Operations of its contract: without these, a matrix of rejections could mean that nothing works. */
const within = (): Attempt[] => [
  {
    id: 'own database, by contract',
    kind: 'postgres',
    host: host('postgres'),
    database: 'catalog',
    user: 'catalog_app',
  },
  {
    id: 'own name in Consul, by contract',
    kind: 'consul',
    origin: `https://${host('consul-agent')}:8501`,
    method: 'GET',
    path: '/v1/agent/health/service/name/catalog',
    login: { token: LOGIN_TOKEN, method: 'kubernetes' },
  },
];

test(
  'each layer alone rejects access to each port and each right that a caller does not have',
  async () => {
    const rows: Row[] = [];
    for (const [name, caller] of Object.entries(CALLERS) as [keyof typeof CALLERS, Caller][]) {
      const attempts = [
        ...perPort(caller.network),
        ...(caller.identity === 'catalog-identity' ? [...outsideContract(), ...within()] : []),
      ];
      rows.push({ title: caller.title, results: await attempt(dev, image, `trust-${name}`, caller, attempts) });
    }
    console.log(printMatrix(rows));
    const wrong = rows.flatMap(({ title, results }) =>
      [...results].filter(([target, result]) => !isRight(title, target, result)).map((cell) => [title, ...cell]),
    );
    expect(wrong).toEqual([]);
    // Every cell has a result.
    for (const { results } of rows) expect(results.size).toBeGreaterThanOrEqual(ports.length);
  },
  10 * 60_000,
);

function isRight(title: string, target: string, result: Result): boolean {
  const refused = ['network', 'tls', 'authorization'].includes(result);
  if (target.endsWith('by contract')) return result.startsWith('open');
  const listener = ports.find((one) => portId(one) === target);
  if (listener === undefined) return refused; // a right that catalog does not have
  if (listener.workload === 'gateway' && listener.port === 8080)
    // The edge: plain HTTP, open to external clients by contract.
    return result === (title === CALLERS.unknown.title || title === CALLERS.catalog.title ? 'network' : 'open');
  if (title === CALLERS.unknown.title) return result === 'network';
  // With catalog's labels the network allows its database and Consul's agent, and nothing else.
  if (title === CALLERS.catalog.title)
    return result === (REACHED.has(`${listener.workload}:${listener.port}`) ? 'open' : 'network');
  if (listener.name === 'probes') return result === 'open'; // serves only liveness
  // pgBackRest completes the handshake with every client, and requires a certificate at the first command.
  if (listener.name === 'backup') return result === 'tls' || result === 'open' || result === 'closed';
  // TLS admits our identities; the rights above decide what they may do.
  return title === CALLERS['catalog-inside'].title
    ? ['open', 'closed', 'tls'].includes(result)
    : result === 'tls' || result === 'closed';
}

const REACHED = new Set(['postgres:5432', 'consul-agent:8501']);

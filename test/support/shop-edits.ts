import { Cpu, Size } from '@groundwork/constructs';
import {
  type Contract,
  type ContractSpec,
  contract,
  Duration,
  deadLetterTopic,
  event,
  mail,
  route,
  secret,
} from '@groundwork/contract';
import { Type } from 'typebox';
import { contracts as shopContracts } from '../../services/contracts/index.ts';
import { type Environment, HIGHLY_AVAILABLE } from '../../stacks/environments/environment.ts';
import { inContracts, inEnvironment, type ShopVersion } from './shop-versions.ts';

/** A realistic change of the shop's environments or contracts, and what a reviewer has to read of it. */
export interface ShopEdit {
  readonly name: string;
  readonly make: (before: ShopVersion) => ShopVersion;
  /** `severity rule subject @ environments` of each finding; everywhere where no environment is named. */
  readonly expected: readonly string[];
}

const edit = (name: string, make: ShopEdit['make'], ...expected: readonly string[]): ShopEdit => ({
  name,
  make,
  expected,
});
/** Topics of the shop, and the dead-letter topics by consumer. */
const TOPICS = shopContracts.flatMap(({ publishes }) => publishes.map(({ name }) => name));
const DEAD_LETTERS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  shopContracts.map(({ name, consumes }) => [name, consumes.map((one) => deadLetterTopic(one.name, name))]),
);
/** Services that consume `user.registered`. */
const GREETERS = shopContracts
  .filter(({ consumes }) => consumes.some((one) => (one.name as string) === 'user.registered'))
  .map(({ name }) => name);
const rolls = (...services: readonly string[]): string[] => services.map((name) => `info rollouts Deployment/${name}`);
type Sizing = Environment['services'][string];
/** The sizing of a service, changed in parts. */
const sized = (service: string, change: (before: Sizing) => Partial<Sizing>) => (environment: Environment) => {
  const sizing = environment.services[service] ?? environment.sizing;
  return { services: { ...environment.services, [service]: { ...sizing, ...change(sizing) } } };
};
const dev = (change: (environment: Environment) => Partial<Environment>) => inEnvironment('dev', change);
const staging = (change: (environment: Environment) => Partial<Environment>) => inEnvironment('staging', change);
const production = (change: (environment: Environment) => Partial<Environment>) => inEnvironment('production', change);
const without = <T extends object>(value: T, ...names: readonly string[]): T =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) as T;
/** An operation of a contract, changed in parts of its spec. */
const operation =
  (name: string, change: (spec: Contract['http'][string]['spec']) => object, path?: string) =>
  ({ http }: Contract): Partial<ContractSpec> => {
    const before = http[name];
    if (before === undefined) throw new Error(`no operation '${name}'`);
    return {
      http: { ...http, [name]: route(before.method, path ?? before.path, { ...before.spec, ...change(before.spec) }) },
    };
  };
const signedUp = event(
  'user.signed-up',
  1,
  Type.Object({ userId: Type.String({ format: 'uuid' }) }, { additionalProperties: false }),
  { key: 'userId' },
);
const topCategories = route('GET', '/categories/top', { auth: 'none', reply: { 200: Type.Object({}) } });

/** What is in no object. */
const settingEdits = [
  edit(
    'data stores that are no longer protected',
    production(() => ({ protectData: false })),
    'critical settings the deploy @ production',
  ),
  edit(
    'data stores that are protected now',
    staging(() => ({ protectData: true })),
    'info settings the deploy @ staging',
  ),
  edit(
    'another cluster',
    production(() => ({ context: 'other' })),
    'critical settings the deploy @ production',
  ),
  edit(
    'no cluster but a local one',
    staging((environment) => ({ ...without(environment, 'context'), context: undefined as never })),
    'critical settings the deploy @ staging',
  ),
  edit(
    'a mirror of all registries',
    production(() => ({ images: { source: 'prebuilt', registry: 'mirror.example' } })),
    'warning settings the deploy @ production',
  ),
  edit(
    'requirements that are removed',
    production(({ requirements }) => ({
      requirements: {
        ...requirements,
        events: { guarantees: HIGHLY_AVAILABLE.filter((guarantee) => guarantee !== 'tls-in-transit') },
        grafana: { guarantees: HIGHLY_AVAILABLE.filter((guarantee) => guarantee !== 'tls-rotation') },
      },
    })),
    'critical settings the deploy @ production',
    'warning settings the deploy @ production',
  ),
];

/** Environments: sizes, volumes, how long things are kept, ways in. */
const environmentEdits = [
  edit(
    'less memory for the gateway',
    staging(sized('gateway', ({ resources }) => ({ resources: { ...resources, memory: Size.mebibytes(192) } }))),
    'warning capacity Deployment/gateway @ staging',
    'info rollouts Deployment/gateway @ staging',
  ),
  edit(
    'an autoscaler that keeps fewer pods, and acts later',
    production(sized('users', () => ({ scaling: { min: 2, max: 9, targetCpu: 80 } }))),
    'warning capacity HorizontalPodAutoscaler/users @ production',
  ),
  edit(
    'an autoscaler that may go further, and acts earlier',
    production(sized('users', () => ({ scaling: { min: 3, max: 10, targetCpu: 50 } }))),
  ),
  edit(
    'an autoscaler for what had two pods',
    staging(sized('notifications', () => ({ scaling: { min: 2, max: 4 } }))),
    'warning capacity Deployment/notifications @ staging',
  ),
  edit(
    'one pod where there were two',
    dev(sized('catalog', () => ({ scaling: { min: 1, max: 3 } }))),
    'warning capacity HorizontalPodAutoscaler/catalog @ dev',
  ),
  edit(
    'fewer pods in the quota',
    production(({ quota }) => ({ quota: { ...quota, pods: 200 } })),
    'warning capacity ResourceQuota/shop @ production',
  ),
  edit(
    'fewer servers of Consul',
    production(({ consul }) => ({ consul: { ...consul, servers: 3 } })),
    'warning capacity StatefulSet/consul-server @ production',
    'info rollouts StatefulSet/consul-server @ production',
  ),
  edit(
    'a larger volume of an operated database, and smaller ones of operated brokers',
    production(({ postgres, kafka }) => ({
      postgres: { ...postgres, storage: Size.gibibytes(200) },
      kafka: { ...kafka, storage: Size.gibibytes(100) },
    })),
    'info expansion Cluster/postgres @ production',
    'critical data KafkaNodePool/broker @ production',
  ),
  edit(
    'a larger volume of a StatefulSet',
    dev(({ postgres }) => ({ postgres: { ...postgres, storage: Size.gibibytes(3) } })),
    'critical replacements StatefulSet/postgres @ dev',
  ),
  edit(
    'another storage class of StatefulSets and claims',
    staging(({ consul }) => ({ consul: { ...consul, storageClass: 'premium-ssd' } })),
    'critical replacements StatefulSet/consul-server @ staging',
    'critical replacements PersistentVolumeClaim/consul-snapshot @ staging',
  ),
  edit(
    'metrics kept for a shorter time',
    production(({ prometheus }) => ({ prometheus: { ...prometheus, retention: Duration.days(15) } })),
    'warning retention StatefulSet/prometheus @ production',
    'info rollouts StatefulSet/prometheus @ production',
  ),
  edit(
    'fewer partitions',
    dev(({ kafka }) => ({ kafka: { ...kafka, topics: { partitions: 1 } } })),
    ...TOPICS.map((topic) => `critical topics topic ${topic} @ dev`),
  ),
  edit(
    'fewer copies of an event before it counts, kept for a shorter time',
    staging(({ kafka }) => ({ kafka: { ...kafka, topics: { minInSyncReplicas: 1, retention: Duration.days(3) } } })),
    ...[...TOPICS, ...Object.values(DEAD_LETTERS).flat()].map((topic) => `warning topics topic ${topic} @ staging`),
    // The others are compacted: they keep the last event of each order.
    'critical retention topic user.registered @ staging',
    'critical retention topic payment.reversed @ staging',
    'info rollouts Kafka/kafka @ staging',
    // Their outboxes keep published events for the retention of the topics.
    ...rolls('users', 'orders', 'payments').map((line) => `${line} @ staging`),
  ),
  edit(
    'another port at the nodes',
    dev(() => ({ edge: { kind: 'node-port', port: 30081, url: 'http://127.0.0.1:8080' } })),
    'warning exposure Service/gateway-edge @ dev',
  ),
  edit(
    'a load balancer that is open to all, in place of the Ingress',
    staging(() => ({
      edge: { kind: 'load-balancer', url: 'https://staging.shop.example', sourceRanges: ['0.0.0.0/0'] },
    })),
    'critical exposure Service/gateway-edge @ staging',
    'critical exposure Ingress/gateway-edge @ staging',
    'critical network 0.0.0.0/0 → gateway:8080 @ staging',
    'warning network namespace ingress-nginx → gateway:8080 @ staging',
    'info rollouts Deployment/gateway @ staging', // it no longer counts on the controller to name the client
  ),
  edit(
    'the logs of production in full',
    production(() => ({ logLevel: 'debug' })),
    ...rolls(...shopContracts.map(({ name }) => name)).map((line) => `${line} @ production`),
  ),
  edit(
    'an environment less',
    ({ environments, ...rest }) => ({ ...rest, environments: without(environments, 'staging') }),
    "critical environments environment 'staging' @ staging",
  ),
  edit(
    'an environment more',
    ({ environments, ...rest }) => ({
      ...rest,
      environments: { ...environments, qa: { ...(environments.staging as Environment), name: 'qa' } },
    }),
    "info environments environment 'qa' @ qa",
  ),
];

/** Contracts: lists of callers and scrape targets are reloaded, so only what is changed itself rolls. */
const contractEdits = [
  edit(
    'an operation less',
    inContracts({ catalog: ({ http }) => ({ http: without(http, 'listCategories') }) }),
    "critical contracts contract 'catalog' › http.listCategories",
    "critical contracts contract 'gateway' › calls catalog.listCategories",
  ),
  edit(
    'an operation more, open to the outside',
    (version) => {
      const more = inContracts({ catalog: ({ http }) => ({ http: { ...http, topCategories } }) })(version);
      const top = more.contracts.find(({ name }) => name === 'catalog')?.http.topCategories;
      return inContracts({ gateway: ({ calls }) => ({ calls: top === undefined ? calls : [...calls, top] }) })(more);
    },
    "warning contracts contract 'gateway' › calls catalog.topCategories",
  ),
  edit(
    'a call more',
    (version) => {
      const keys = version.contracts.find(({ name }) => name === 'users')?.http.keys;
      return inContracts({ notifications: () => ({ calls: keys === undefined ? [] : [keys] }) })(version);
    },
    'warning network notifications → users:8080',
  ),
  edit(
    'another path, and a longer password',
    inContracts({
      catalog: operation('listCategories', () => ({}), '/product-categories'),
      users: operation('register', () => ({
        body: Type.Object({ email: Type.String(), name: Type.String(), password: Type.String({ minLength: 14 }) }),
      })),
    }),
    "critical contracts contract 'catalog' › http.listCategories",
    "critical contracts contract 'gateway' › calls catalog.listCategories",
    "warning contracts contract 'gateway' › calls catalog.listCategories",
    "critical contracts contract 'users' › http.register",
  ),
  edit(
    'an event under another name',
    inContracts({
      users: () => ({ publishes: [signedUp] }),
      ...Object.fromEntries(
        GREETERS.map((service) => [
          service,
          ({ consumes }: Contract) => ({
            consumes: [signedUp, ...consumes.filter(({ name }) => name !== 'user.registered')],
          }),
        ]),
      ),
    }),
    "critical contracts contract 'users' › publishes user.registered v1",
    'critical topics topic user.registered',
    ...GREETERS.map((service) => `critical topics topic ${deadLetterTopic('user.registered', service)}`),
    'info alerts alert ConsumerMissing',
    ...['users', ...GREETERS].map((service) => `warning access ${service} in Kafka`),
  ),
  edit(
    'a consumer less',
    inContracts({ notifications: () => ({ consumes: [] }) }),
    ...(DEAD_LETTERS.notifications ?? []).map((topic) => `critical topics topic ${topic}`),
    'info alerts alert ConsumerMissing',
    'warning network notifications → kafka:9093',
    ...rolls('notifications'),
  ),
  edit(
    'a second consumer of an event',
    (version) => {
      const consumes = version.contracts.find(({ name }) => name === 'notifications')?.consumes ?? [];
      return inContracts({ gateway: () => ({ consumes }) })(version);
    },
    'warning access gateway in Kafka',
    'warning network gateway → kafka:9093',
    ...rolls('gateway'),
  ),
  edit(
    'a secret more',
    inContracts({
      notifications: ({ owns }) => ({
        owns: [...owns, secret('letters', { purpose: 'seals letters', format: 'random' })],
      }),
    }),
    'info secrets Secret/notifications-letters',
    ...rolls('notifications'),
  ),
  edit(
    'a database less',
    inContracts({ notifications: () => ({ owns: [mail()] }) }),
    "warning contracts contract 'notifications' › owns postgres",
    'warning network postgres-notifications',
    'warning network notifications → postgres:5432',
    'warning network notifications → postgres-pooler:5432 @ production',
    ...rolls('notifications'),
  ),
  edit(
    'a promise of slower answers',
    inContracts({ catalog: () => ({ slo: { availability: 0.999, latency: { p99: Duration.millis(300) } } }) }),
    'info alerts alert SlowAnswers',
  ),
  edit(
    'a service less',
    ({ environments, contracts }) => ({
      environments: Object.fromEntries(
        Object.entries(environments).map(([name, one]) => [
          name,
          { ...one, services: without(one.services, 'notifications') },
        ]),
      ),
      contracts: contracts.filter(({ name }) => name !== 'notifications'),
    }),
    "critical contracts contract 'notifications'",
    'critical removals Deployment/notifications',
    'warning network notifications',
    ...(DEAD_LETTERS.notifications ?? []).map((topic) => `critical topics topic ${topic}`),
    'warning network postgres-notifications',
    'warning secrets Secret/notifications-mail @ production',
  ),
  edit(
    'a new service',
    ({ environments, contracts }) => {
      const product = contracts.find(({ name }) => name === 'catalog')?.http.getProduct;
      const added = contract('one-more', { calls: product === undefined ? [] : [product] });
      return { environments, contracts: [...contracts, added] };
    },
    'warning network one-more',
  ),
];

const reversed = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).reverse()) as T;

/** Nothing in any cluster changes, so nothing may be said. */
export const refactorings = [
  edit('contracts in another order', ({ contracts, ...rest }) => ({ ...rest, contracts: contracts.toReversed() })),
  edit('fields of an environment in another order', staging(reversed)),
  edit(
    'a size in another unit',
    dev(({ postgres }) => ({ postgres: { ...postgres, storage: Size.mebibytes(2048) } })),
  ),
  edit(
    'cores in another unit, and days in hours',
    production(({ postgres, prometheus }) => ({
      postgres: { ...postgres, resources: { cpu: Cpu.millis(2000), memory: Size.gibibytes(8) } },
      prometheus: { ...prometheus, retention: Duration.hours(720) },
    })),
  ),
  edit(
    'a default that is said',
    staging(({ kafka }) => ({ kafka: { ...kafka, brokers: 3, topics: { partitions: 6 } } })),
  ),
  edit(
    'a field more in a reply, and a longer name',
    inContracts({
      catalog: operation('getProduct', ({ reply }) => ({
        reply: {
          200: Type.Object({ ...(reply[200] as ReturnType<typeof Type.Object>).properties, brand: Type.String() }),
        },
      })),
    }),
  ),
  edit(
    'what a secret is for, said otherwise',
    inContracts({
      users: ({ owns }) => ({
        owns: owns.map((need) => (need.kind === 'secret' ? { ...need, purpose: 'signs access tokens' } : need)),
      }),
    }),
  ),
];

export const edits: readonly ShopEdit[] = [...settingEdits, ...environmentEdits, ...contractEdits, ...refactorings];

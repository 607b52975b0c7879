import {
  type Alerting,
  type BackingService,
  type Backups,
  type BucketRepository,
  type Contract,
  Cpu,
  cassandra,
  contract,
  type Edge,
  event,
  type Manifest,
  mail,
  type PlatformProps,
  type PostgresProps,
  type PrometheusProps,
  postgres,
  type Receiver,
  type Resources,
  route,
  Size,
  secret,
} from '@groundwork/constructs';
import { Duration } from '@groundwork/contract';
import { Type } from 'typebox';
import { fixedImages } from '../../support/system.ts';

const placed = Type.Object({ id: Type.String() });
const order = event('order.placed', 1, placed, { key: 'id' });
const invoice = event('invoice.sent', 1, placed, { key: 'id' });
/** Services of a test system; each declares what one kind of subject needs. */
export const services = {
  plain: contract('plain', { http: { ask: route('GET', '/ask', { reply: { 200: Type.String() } }) }, edge: true }),
  other: contract('other', {}),
  store: contract('store', { owns: [postgres({ migrations: 'services/store/migrations' })] }),
  archive: contract('archive', { owns: [cassandra({ migrations: 'services/archive/migrations' })] }),
  sender: contract('sender', { owns: [mail()] }),
  signer: contract('signer', { owns: [secret('key', { purpose: 'signs', format: 'random' })] }),
  publisher: contract('publisher', { publishes: [order, invoice] }),
  reader: contract('reader', { consumes: [order] }),
} as unknown as Readonly<Record<string, Contract>>;

export const resources: Resources = { cpu: Cpu.millis(300), memory: Size.gibibytes(1) };
export const egress = { cidrs: ['203.0.113.0/24'], ports: [443] };
const storage = Size.gibibytes(100);
export const image = fixedImages.thirdParty('image');
export const provisioner = fixedImages.service('provisioner');

/** Samples of the alternatives of unions, by the names of their interfaces. */
export const alternatives = {
  IngressEdge: {
    kind: 'ingress',
    host: 'a.example',
    tlsSecret: 'tls',
    className: 'nginx',
    controllerNamespace: 'ingress',
  } satisfies Edge,
  LoadBalancerEdge: { kind: 'load-balancer', url: 'https://a.example', sourceRanges: ['10.0.0.0/8'] } satisfies Edge,
  NodePortEdge: { kind: 'node-port', port: 30080, url: 'http://127.0.0.1:8080' } satisfies Edge,
  VolumeRepository: { kind: 'volume', size: Size.gibibytes(200) } satisfies Backups['repository'],
  BucketRepository: {
    kind: 'bucket',
    bucket: 'town',
    endpoint: 's3.example',
    region: 'north',
    networks: ['203.0.113.0/24'],
  } satisfies BucketRepository,
  WebhookReceiver: { kind: 'webhook', name: 'on-call', url: 'https://example.com/hook' } satisfies Receiver,
  EmailReceiver: {
    kind: 'email',
    name: 'on-call',
    to: 'a@example.com',
    from: 'b@example.com',
    server: 'smtp.example.com:587',
    user: 'b',
  } satisfies Receiver,
  SlackReceiver: { kind: 'slack', name: 'on-call', channel: '#alerts' } satisfies Receiver,
  PagerDutyReceiver: { kind: 'pagerduty', name: 'on-call' } satisfies Receiver,
};

export const edge = alternatives.NodePortEdge;
const quota = { cpu: Cpu.units(100), memory: Size.tebibytes(1), storage: Size.tebibytes(10), pods: 1000 };
export const platformSample = {
  environment: 'test',
  system: 'town',
  quota,
  containerDefaults: resources,
  edge,
  identity: { life: Duration.hours(12) },
  apiServer: egress,
} satisfies Omit<PlatformProps, 'graph'>;
export const postgresSample = {
  image: 'registry.example/postgres:17.2',
  exporterImage: image,
  storage,
  resources,
  backups: { repository: alternatives.VolumeRepository },
} satisfies Omit<PostgresProps, 'platform'>;
export const eventBusSample = {
  brokers: 5,
  storage,
  resources,
  controllerResources: resources,
  topics: { replication: 3, minInSyncReplicas: 2 },
  events: { 'order.placed': { partitions: 12 } },
  quotas: { produce: Size.mebibytes(1) },
};
export const cassandraSample = { nodes: 5, storage, resources };
const alerting: Alerting = {
  page: [{ ...alternatives.WebhookReceiver, name: 'now' }],
  ticket: [{ ...alternatives.WebhookReceiver, name: 'later' }],
  deadMansSwitch: { ...alternatives.WebhookReceiver, name: 'switch' },
  egress: [egress],
};
export const prometheusSample = {
  links: { runbooks: 'https://wiki.example', grafana: 'https://boards.example' },
  image,
  alertmanagerImage: image,
  storage,
  resources,
  cluster: { kubelets: 'discovered' },
  remoteWrite: [{ name: 'mimir', url: 'https://mimir.example/push', egress }],
  alerting,
  alertmanagerResources: resources,
  rules: [
    {
      name: 'bakery',
      recordings: [{ record: 'bakery:loaves:rate5m', expr: 'rate(loaves[5m])' }],
      alerts: [
        {
          name: 'NoLoaves',
          expr: 'loaves == 0',
          severity: 'page',
          summary: 'no loaves',
          description: 'no loaf was baked',
          runbook: 'see the oven',
          explains: [{ alert: 'TargetDown' }],
        },
      ],
    },
  ],
} satisfies Omit<PrometheusProps, 'platform'>;

export const definition = (kind: string): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.cert-manager.io` },
  spec: { names: { kind } },
});

export const definitions = ['Certificate', 'CertificateRequest', 'Issuer', 'ClusterIssuer'].map(definition);

/** A minimal PostgreSQL for Grafana that connects a database owner. */
export const database: BackingService = {
  connect: ({ name, identity }) => ({
    env: { POSTGRES_HOST: 'a', POSTGRES_PORT: '5432', POSTGRES_DATABASE: name, POSTGRES_USER: `${name}_app` },
    initSteps: [
      { name: 'migrate', command: [], env: { POSTGRES_USER: `${name}_owner` }, files: identity.files('/var/run/a') },
    ],
  }),
};

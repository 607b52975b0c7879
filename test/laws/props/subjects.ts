import {
  Cassandra,
  type CassandraProps,
  CertManager,
  type CertManagerProps,
  CnpgPostgres,
  type CnpgPostgresProps,
  Consul,
  type ConsulProps,
  type Contract,
  Grafana,
  type GrafanaProps,
  Graph,
  K8ssandraCassandra,
  type K8ssandraCassandraProps,
  Kafka,
  type KafkaProps,
  Mail,
  type MailProps,
  Microservice,
  type MicroserviceProps,
  Platform,
  type PlatformProps,
  Postgres,
  type PostgresProps,
  Prometheus,
  type PrometheusProps,
  Secrets,
  type SecretsProps,
  StrimziKafka,
  type StrimziKafkaProps,
  synthesize,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  alternatives,
  cassandraSample,
  definitions,
  egress,
  eventBusSample,
  image,
  platformSample,
  postgresSample,
  prometheusSample,
  provisioner,
  resources,
  services,
} from './samples.ts';
import type { Sample } from './vary.ts';

/** A construct whose props are varied. */
export interface Subject {
  /** Props with a value for each member. */
  readonly sample: Sample;
  /** Manifests of an app that has a construct with these props, as text. */
  readonly manifests: (props: Sample) => string;
}

const text = (build: (chart: (id: string) => Chart) => void): string => {
  const app = new App();
  build((id) => new Chart(app, id));
  return JSON.stringify(synthesize(app).objects.map(({ manifest }) => manifest));
};

/**
 * A construct in a system of some services. `platform` in its props overrides props of the platform.
 * @param build creates the construct, and what makes its effect visible, such as a service that connects to it
 */
function inSystem<P extends { readonly platform: Platform }>(
  names: readonly string[],
  sample: Omit<P, 'platform'>,
  build: (chart: (id: string) => Chart, props: P) => void,
): Subject {
  const graph = new Graph(names.map((name) => services[name] as Contract));
  return {
    sample: { ...sample, platform: {} },
    manifests: (props) =>
      text((chart) => {
        const platform = new Platform(chart('platform'), 'platform', {
          ...platformSample,
          ...(graph.contracts.some((one) => one.edge) ? {} : { edge: undefined }),
          graph,
          ...(props.platform as Partial<PlatformProps>),
        } as PlatformProps);
        // A varied sample has no static type; the construct rejects invalid values.
        build(chart, { ...props, platform } as unknown as P);
      }),
  };
}

const serve = (chart: (id: string) => Construct, platform: Platform): void => {
  for (const one of platform.graph.contracts)
    new Microservice(chart(one.name), one.name, { contract: one, platform, image });
};

/** Subjects by the interface of their props. */
export const subjects: Readonly<Record<string, Subject>> = {
  CertManagerProps: {
    sample: {
      images: { controller: 'controller:1', webhook: 'webhook:1', cainjector: 'cainjector:1' },
      definitions,
      resources,
      apiServer: egress,
    } satisfies CertManagerProps,
    manifests: (props) =>
      text((chart) => new CertManager(chart('cert-manager'), 'cert-manager', props as unknown as CertManagerProps)),
  },
  ConsulProps: inSystem<ConsulProps>(
    ['other'],
    { image, provisioner, resources, agentResources: resources, snapshots: { keep: 3 } },
    (chart, props) => {
      new Consul(chart('consul'), 'consul', props);
      serve(chart, props.platform);
    },
  ),
  GrafanaProps: inSystem<GrafanaProps>(
    ['other'],
    {
      image,
      prometheus: {} as Prometheus,
      resources,
      signIn: {
        name: 'Example',
        clientId: 'grafana',
        authorizeUrl: 'https://id.example/authorize',
        tokenUrl: 'https://id.example/token',
        userInfoUrl: 'https://id.example/userinfo',
        egress,
      },
      edge: { url: 'https://grafana.example', controllerNamespace: 'ingress' },
    },
    (chart, { prometheus, ...props }) => {
      const { platform } = props;
      const made = new Prometheus(chart('prometheus'), 'prometheus', { platform, ...prometheusSample, ...prometheus });
      new Grafana(chart('grafana'), 'grafana', { ...props, prometheus: made });
    },
  ),
  CassandraProps: inSystem<CassandraProps>(['archive'], { ...cassandraSample, image, provisioner }, (chart, props) => {
    new Cassandra(chart('cassandra'), 'cassandra', props);
    serve(chart, props.platform);
  }),
  K8ssandraCassandraProps: inSystem<K8ssandraCassandraProps>(
    ['archive'],
    {
      ...cassandraSample,
      provisioner,
      zones: ['north-a'],
      backups: {
        repository: { bucket: 'town', endpoint: 's3.example', region: 'north', networks: ['203.0.113.0/24'] },
      },
    },
    (chart, props) => {
      new K8ssandraCassandra(chart('cassandra'), 'cassandra', props);
      serve(chart, props.platform);
    },
  ),
  KafkaProps: inSystem<KafkaProps>(
    ['publisher', 'reader'],
    { ...eventBusSample, image, provisioner },
    (chart, props) => {
      new Kafka(chart('kafka'), 'kafka', props);
      serve(chart, props.platform);
    },
  ),
  StrimziKafkaProps: inSystem<StrimziKafkaProps>(['publisher', 'reader'], eventBusSample, (chart, props) => {
    new StrimziKafka(chart('kafka'), 'kafka', props);
    serve(chart, props.platform);
  }),
  MailProps: inSystem<MailProps>(['sender'], { server: { from: 'a@example.com', egress } }, (chart, props) => {
    new Mail(chart('mail'), 'mail', props);
    serve(chart, props.platform);
  }),
  MicroserviceProps: inSystem<MicroserviceProps>(
    ['plain', 'other'],
    {
      contract: services.plain as Contract,
      image,
      scaling: { min: 2, max: 5 },
      resources,
      spread: { nodes: 'preferred' },
      env: { FLAG: 'on' },
      files: { 'motd.txt': 'hello' },
    },
    (chart, props) => new Microservice(chart('service'), 'service', props),
  ),
  PlatformProps: {
    sample: {
      ...platformSample,
      graph: new Graph([services.plain as Contract]),
      externalSecrets: { store: 'vault', kind: 'SecretStore' },
      requirements: { postgres: { guarantees: ['survives-node-loss'], waived: { 'survives-node-loss': 'one node' } } },
    } satisfies PlatformProps,
    manifests: (props) =>
      text((chart) => {
        const platform = new Platform(chart('platform'), 'platform', props as unknown as PlatformProps);
        new Postgres(chart('postgres'), 'postgres', { platform, ...postgresSample });
        new Prometheus(chart('prometheus'), 'prometheus', { platform, ...prometheusSample });
        serve(chart, platform);
      }),
  },
  CnpgPostgresProps: inSystem<CnpgPostgresProps>(
    ['store'],
    {
      ...postgresSample,
      backups: { repository: alternatives.BucketRepository, resources },
      pooler: { instances: 2 },
    },
    (chart, props) => {
      new CnpgPostgres(chart('postgres'), 'postgres', props);
      serve(chart, props.platform);
    },
  ),
  PostgresProps: inSystem<PostgresProps>(['store'], postgresSample, (chart, props) => {
    new Postgres(chart('postgres'), 'postgres', props);
    serve(chart, props.platform);
  }),
  PrometheusProps: inSystem<PrometheusProps>(
    ['other'],
    prometheusSample,
    (chart, props) => new Prometheus(chart('prometheus'), 'prometheus', props),
  ),
  SecretsProps: inSystem<SecretsProps>(['signer'], {}, (chart, props) => {
    new Secrets(chart('secrets'), 'secrets', props);
    serve(chart, props.platform);
  }),
};

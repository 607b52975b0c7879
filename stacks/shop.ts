import {
  type BackingService,
  Cassandra,
  CnpgPostgres,
  ConfigurationError,
  Consul,
  FILES_FOLDER,
  Grafana,
  Graph,
  type Images,
  K8ssandraCassandra,
  Kafka,
  Mail,
  Microservice,
  type MicroserviceProps,
  Platform,
  Postgres,
  Prometheus,
  Secrets,
  StrimziKafka,
  throwIfAny,
  toAsyncApi,
} from '@groundwork/constructs';
import { contracts } from '@groundwork/contracts';
import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { OwnImage } from '../infra/build/images/index.ts';
import type { Environment } from './environments/index.ts';

/** Name of the system: a label of its objects, and the prefix of its namespaces. */
const SYSTEM = 'shop';

/** The graph of the shop's contracts. */
export const graph = new Graph(contracts);

/** Images that this repository builds: one per service, and that of the platform's jobs. */
export const images: readonly OwnImage[] = [
  ...graph.contracts.map(({ name }) => ({ name, folder: `services/${name}` })),
  { name: 'provisioner', folder: 'infra/provisioner' },
];

/** Namespace of an environment. */
export function namespaceOf({ name }: Environment): string {
  return `${SYSTEM}-${name}`;
}

/**
 * The shop in one environment: a chart for the platform, one for each backing service, one for each service.
 * @param scope parent of the charts; default: a new App
 * @param system graph of the contracts; default: `graph`
 * @throws ConfigurationError (or `ConfigurationErrors`) if the environment does not match the contracts, or is invalid for a construct
 */
export function shop(environment: Environment, images: Images): App;
export function shop<S extends Construct>(environment: Environment, images: Images, scope: S, system?: Graph): S;
export function shop(
  environment: Environment,
  images: Images,
  scope: Construct = new App(),
  system = graph,
): Construct {
  throwIfAny(validateSizing(environment, system));
  const { name, edge, quota, requirements, services, sizing, spread, logLevel } = environment;
  const chart = (id: string) => new Chart(scope, id);
  const namespace = namespaceOf(environment);
  const platform = new Platform(chart('platform'), 'platform', {
    environment: name,
    system: SYSTEM,
    namespace,
    graph: system,
    quota,
    edge,
    requirements,
  });
  const provisioner = images.service('provisioner');
  const database = makePostgres(chart('postgres'), platform, environment, images);
  const { topics } = makeKafka(chart('kafka'), platform, environment, images);
  makeCassandra(chart('cassandra'), platform, environment, images);
  new Consul(chart('consul'), 'consul', {
    platform,
    image: images.thirdParty('consul'),
    provisioner,
    ...environment.consul,
  });
  const [image, alertmanagerImage] = [images.thirdParty('prometheus'), images.thirdParty('alertmanager')];
  const prometheus = new Prometheus(chart('prometheus'), 'prometheus', {
    platform,
    image,
    alertmanagerImage,
    ...environment.prometheus,
  });
  const { shared = false, ...grafana } = environment.grafana;
  new Grafana(chart('grafana'), 'grafana', {
    platform,
    image: images.thirdParty('grafana'),
    prometheus,
    ...(shared ? { database } : {}),
    ...grafana,
  });
  new Mail(chart('mail'), 'mail', {
    platform,
    ...(environment.mail === undefined ? {} : { server: environment.mail }),
  });
  new Secrets(chart('secrets'), 'secrets', { platform });
  for (const contract of system.contracts) {
    const { scaling, resources } = services[contract.name] ?? sizing;
    const image = images.service(contract.name);
    new Microservice(chart(contract.name), contract.name, {
      contract,
      image,
      platform,
      scaling,
      resources,
      spread,
      logLevel,
      ...(contract.edge ? eventsFile(toAsyncApi(system, { title: 'Shop', version: '1.0.0', topics })) : {}),
    });
  }
  return scope;
}

/** Name of the gateway's file with the AsyncAPI document. */
export const ASYNCAPI = 'asyncapi.json';

/** The description of the events, which the gateway serves: it depends on all contracts, so it is not part of its image. */
function eventsFile(document: object): Pick<MicroserviceProps, 'env' | 'files'> {
  return {
    env: { ASYNCAPI_FILE: `${FILES_FOLDER}/${ASYNCAPI}` },
    files: { [ASYNCAPI]: `${JSON.stringify(document, undefined, 2)}\n` },
  };
}

function makePostgres(
  scope: Construct,
  platform: Platform,
  { postgres, spread }: Environment,
  images: Images,
): BackingService {
  const exporterImage = images.thirdParty('postgres-exporter');
  if (postgres.backEnd === 'builtin') {
    const { backEnd: _, ...props } = postgres;
    return new Postgres(scope, 'postgres', { platform, image: images.thirdParty('postgres'), exporterImage, ...props });
  }
  const { backEnd: _, ...props } = postgres;
  return new CnpgPostgres(scope, 'postgres', {
    platform,
    image: images.thirdParty('cnpg-postgres'),
    exporterImage,
    zones: spread.zones ?? 'preferred',
    ...props,
  });
}

/** Events whose topics keep the last one of each key for good: order-history is rebuilt from them. */
const KEPT_EVENTS = ['order.placed', 'order.confirmed', 'order.canceled', 'order.payment-reversed'];

function makeKafka(
  scope: Construct,
  platform: Platform,
  { kafka, spread }: Environment,
  images: Images,
): Kafka | StrimziKafka {
  const kept = platform.graph.topics.filter(({ event }) => KEPT_EVENTS.includes(event));
  const events = { ...Object.fromEntries(kept.map(({ event }) => [event, { compact: true }])), ...kafka.events };
  if (kafka.backEnd === 'builtin') {
    const { backEnd: _, ...props } = kafka;
    return new Kafka(scope, 'kafka', {
      platform,
      image: images.thirdParty('kafka'),
      provisioner: images.service('provisioner'),
      ...props,
      events,
    });
  }
  const { backEnd: _, ...props } = kafka;
  return new StrimziKafka(scope, 'kafka', { platform, zones: spread.zones ?? 'preferred', ...props, events });
}

function makeCassandra(scope: Construct, platform: Platform, { cassandra }: Environment, images: Images): void {
  const provisioner = images.service('provisioner');
  if (cassandra.backEnd === 'builtin') {
    const { backEnd: _, ...props } = cassandra;
    new Cassandra(scope, 'cassandra', { platform, image: images.thirdParty('cassandra'), provisioner, ...props });
    return;
  }
  const { backEnd: _, ...props } = cassandra;
  new K8ssandraCassandra(scope, 'cassandra', { platform, provisioner, ...props });
}

/** Each sizing must have a service. */
function validateSizing({ name, services }: Environment, system: Graph): ConfigurationError[] {
  const known = new Set(system.contracts.map((contract) => contract.name));
  const unknown = Object.keys(services).filter((service) => !known.has(service));
  return unknown.map(
    (service) =>
      new ConfigurationError({
        code: 'contract-unknown',
        where: `environment '${name}' › services.${service}`,
        problem: `there is no contract '${service}'`,
        fix: `remove it, or rename it to one of: ${[...known].join(', ')}`,
      }),
  );
}

import {
  type Contract,
  Cpu,
  type Edge,
  Graph,
  type Images,
  Kafka,
  type Manifest,
  Microservice,
  type MicroserviceProps,
  Platform,
  type PlatformProps,
  Postgres,
  type PostgresProps,
  Secrets,
  Size,
  synthesize,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';

/** References that never change, so that manifests made with them tell of the constructs only. */
export const fixedImages: Images = {
  service: (name) => `registry.example/shop/${name}:1.0.0@sha256:${'1'.repeat(64)}`,
  thirdParty: (name) => `registry.example/library/${name}:1.0.0@sha256:${'2'.repeat(64)}`,
};

export const nodePort: Edge = { kind: 'node-port', port: 30080, url: 'http://127.0.0.1:8080' };

/** Props of a system under test; whatever a test is not about has a value that fits. */
export interface SystemProps {
  readonly contracts: readonly Contract[];
  readonly platform?: Partial<PlatformProps>;
  readonly postgres?: Partial<PostgresProps>;
  /** For every service. */
  readonly service?: Partial<MicroserviceProps>;
}

/** A small whole system, all in one app: a platform, the backing services that exist, and a service for each contract. */
export function system({ contracts, platform: platformProps, postgres, service }: SystemProps): App {
  const app = new App();
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph: new Graph(contracts),
    quota: { cpu: Cpu.units(1000), memory: Size.tebibytes(10), storage: Size.tebibytes(10), pods: 100_000 },
    ...(contracts.some(({ edge }) => edge) ? { edge: nodePort } : {}),
    ...platformProps,
  });
  new Postgres(new Chart(app, 'postgres'), 'postgres', {
    platform,
    image: fixedImages.thirdParty('postgres'),
    exporterImage: fixedImages.thirdParty('postgres-exporter'),
    storage: Size.gibibytes(10),
    maxConnections: 1000,
    ...postgres,
  });
  if (contracts.some(({ publishes, consumes }) => publishes.length + consumes.length > 0)) {
    const images = { image: fixedImages.thirdParty('kafka'), provisioner: fixedImages.service('provisioner') };
    new Kafka(new Chart(app, 'kafka'), 'kafka', { platform, ...images, storage: Size.gibibytes(10) });
  }
  new Secrets(new Chart(app, 'secrets'), 'secrets', { platform });
  for (const contract of platform.graph.contracts) {
    new Microservice(new Chart(app, contract.name), contract.name, {
      contract,
      platform,
      image: fixedImages.service(contract.name),
      ...service,
    });
  }
  return app;
}

/** Manifests of a system by `Kind/name`. */
export function objectsOf(app: App): Readonly<Record<string, Manifest>> {
  return Object.fromEntries(
    synthesize(app).objects.map(({ manifest }) => [`${manifest.kind}/${manifest.metadata.name}`, manifest]),
  );
}

/** A value deep in a manifest, such as `at(deployment, 'spec.template.spec.containers.0.env')`; undefined if it isn't there. */
export function at(manifest: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], manifest);
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { contracts } from '../../../services/contracts/index.ts';
import { freePort } from '../../support/ports.ts';
import { until } from '../../support/until.ts';
import { type Edit, validateEdits } from '../edits/edit.ts';
import { HARNESS_EDITS } from '../edits/harness.ts';
import { type Backing, startBacking } from './backing.ts';
import { Environments } from './environments.ts';
import { type Registry, startRegistry } from './registry.ts';
import { type InstanceOptions, ServiceProcess } from './service-process.ts';
import type { Link } from './toxiproxy.ts';

/** Instances of each service. */
const INSTANCES = [1, 2];

/** The shop on this host: two processes of each service, and what they need. */
export interface Stack extends Backing {
  readonly instances: readonly ServiceProcess[];
  /** The link in front of each instance, by its name. */
  readonly links: ReadonlyMap<string, Link>;
  readonly registry: Registry;
  /** Stops everything that was started, the last one first. */
  stop(): Promise<void>;
}

/**
 * Starts the shop.
 * @param folder for logs and secrets
 * @param edits changes of the services' sources, in addition to those of every run
 * @param onCrash called when an instance ends by itself
 * @throws the first error, after it has stopped what it started
 */
export async function startStack(
  folder: string,
  edits: readonly Edit[],
  onCrash: InstanceOptions['onCrash'],
): Promise<Stack> {
  const all = [...HARNESS_EDITS, ...edits];
  validateEdits(all);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return { ...(await compose(folder, all, onCrash, (one) => void stops.push(one))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function compose(
  folder: string,
  edits: readonly Edit[],
  onCrash: InstanceOptions['onCrash'],
  started: (stop: () => Promise<void>) => void,
): Promise<Omit<Stack, 'stop'>> {
  mkdirSync(folder, { recursive: true });
  const backing = await startBacking(started);
  const { authority } = backing.postgres;
  const links = new Map<string, Link>();
  const registry = await startRegistry(
    authority.issue('consul.test'),
    (instance) => (links.get(instance) as Link).port,
  );
  started(() => registry.close());
  const names = contracts.flatMap(({ name: service }) =>
    INSTANCES.map((number) => ({ service, name: `${service}-${number}` })),
  );
  const ports = new Map<string, InstanceOptions['ports']>();
  for (const { name } of names) {
    const own = { http: await freePort(), probe: await freePort(), metrics: await freePort() };
    ports.set(name, own);
    links.set(name, await backing.proxies.link(name, own.http));
  }
  const environments = new Environments(folder);
  await environments.prepare(authority, backing.databases, {
    postgresPort: (service) => backing.postgresLinks.get(service)?.port ?? 1,
    kafkaPort: backing.kafkaLink.port,
    registryUrl: registry.url,
    servicePorts: (service) =>
      names.filter((one) => one.service === service).map(({ name }) => (links.get(name) as Link).port),
  });
  const instances = names.map(({ service, name }) => {
    const [env, log] = [environments.of(service, name), join(folder, `${name}.log`)];
    return new ServiceProcess({
      name,
      service,
      env,
      ports: ports.get(name) as InstanceOptions['ports'],
      edits,
      log,
      onCrash,
    });
  });
  started(async () => void (await Promise.all(instances.map((instance) => instance.kill()))));
  // Two at a time: each start takes a core for about a second.
  const queue = [...instances];
  const startNext = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next.start();
  };
  await Promise.all([startNext(), startNext()]);
  await until(() => instances.every(({ name }) => registry.has(name)));
  return { ...backing, instances, links, registry };
}

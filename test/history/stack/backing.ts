import { join } from 'node:path';
import { deadLetterTopic } from '@groundwork/contract';
import { contracts } from '../../../services/contracts/index.ts';
import { readConfig } from '../../../services/kit/index.ts';
import { migrate, postgresVariables } from '../../../services/kit/postgres/index.ts';
import { silentLog } from '../../../services/kit/testing/run.ts';
import { startKafka, type TestKafka } from '../../support/kafka/index.ts';
import { startPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { ROOT } from '../edits/edit.ts';
import { type Link, startToxiproxy, type Toxiproxy } from './toxiproxy.ts';

/** Services with a database. */
export const OWNERS = contracts
  .filter(({ owns }) => owns.some(({ kind }) => kind === 'postgres'))
  .map(({ name }) => name);

/** All topics of the contracts, dead-letter topics included. */
export const TOPICS: readonly string[] = [
  ...new Set(contracts.flatMap(({ publishes }) => publishes.map(({ name }) => name))),
  ...contracts.flatMap(({ name, consumes }) => consumes.map((event) => deadLetterTopic(event.name, name))),
];

/** Until the broker has chosen its port. */
const UNKNOWN_PORT = 1;

/** Postgres, Kafka, and the proxies in front of both. */
export interface Backing {
  readonly postgres: TestPostgres;
  readonly kafka: TestKafka;
  readonly proxies: Toxiproxy;
  readonly databases: ReadonlyMap<string, TestDatabase>;
  /** The link of each service to Postgres. */
  readonly postgresLinks: ReadonlyMap<string, Link>;
  readonly kafkaLink: Link;
}

/**
 * Starts them, migrates the databases and creates the topics.
 * @param started gets what has been started, so that a failure stops it
 */
export async function startBacking(started: (stop: () => Promise<void>) => void): Promise<Backing> {
  const postgres = await startPostgres();
  started(() => postgres.remove());
  const proxies = await startToxiproxy();
  started(() => proxies.stop());
  const kafkaLink = await proxies.link('kafka', UNKNOWN_PORT);
  // Clients follow the address that the broker advertises, so all of their connections go through the link.
  const kafka = await startKafka(postgres.authority, {
    'advertised.listeners': `TLS://127.0.0.1:${kafkaLink.port}`,
  });
  started(() => kafka.remove());
  await kafkaLink.to(Number(kafka.env('admin').KAFKA_BROKERS?.split(':')[1]));
  await kafka.createTopics(TOPICS, 3);
  const databases = new Map<string, TestDatabase>();
  const postgresLinks = new Map<string, Link>();
  for (const service of OWNERS) {
    const database = await postgres.database(service);
    databases.set(service, database);
    postgresLinks.set(service, await proxies.link(`postgres-of-${service}`, postgres.port));
    const folder = join(ROOT, 'services', service, 'migrations');
    await migrate({ config: readConfig(postgresVariables, database.owner), folder, log: silentLog });
  }
  return { postgres, kafka, proxies, databases, postgresLinks, kafkaLink };
}

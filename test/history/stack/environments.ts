import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contract } from '@groundwork/contract';
import { contracts } from '../../../services/contracts/index.ts';
import { newKey, replaceKeys } from '../../../services/users/testing.ts';
import type { TestAuthority } from '../../support/pki.ts';
import type { TestDatabase } from '../../support/postgres.ts';
import { identityEnv } from '../../support/realm.ts';
import { SERVICES_VARIABLE } from '../edits/harness.ts';

/** Where the processes find each other. */
export interface Addresses {
  /** Port of the link to Postgres of a service. */
  postgresPort(service: string): number;
  readonly kafkaPort: number;
  readonly registryUrl: string;
  /** Ports of the links to the instances of a service. */
  servicePorts(service: string): readonly number[];
}

/** Seconds until a reservation expires: a few do in each run. */
const RESERVATION_SECONDS = 20;

/** Environments of services as the platform sets them, on one host. */
export class Environments {
  readonly #folder: string;
  readonly #byService = new Map<string, Record<string, string>>();

  /** @param folder for the token keys and the log-in tokens of the instances */
  public constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the secrets and the environment of each service. */
  public async prepare(
    authority: TestAuthority,
    databases: ReadonlyMap<string, TestDatabase>,
    addresses: Addresses,
  ): Promise<void> {
    const secrets = join(this.#folder, 'secrets');
    mkdirSync(secrets);
    replaceKeys(secrets, [await newKey()]);
    const origins = contracts.map(({ name }) => [
      name,
      addresses.servicePorts(name).map((port) => `https://127.0.0.1:${port}`),
    ]);
    for (const contract of contracts) {
      const { name } = contract;
      this.#byService.set(name, {
        ...databases.get(name)?.app,
        ...identityEnv(authority, contract, contracts as readonly Contract[]),
        POSTGRES_PORT: `${addresses.postgresPort(name)}`,
        POSTGRES_POOL_SIZE: '3',
        KAFKA_BROKERS: `127.0.0.1:${addresses.kafkaPort}`,
        CONSUL_HTTP_ADDR: addresses.registryUrl,
        [SERVICES_VARIABLE]: JSON.stringify(Object.fromEntries(origins)),
        TOKEN_ISSUER: 'http://shop.test',
        SECRETS_DIR: secrets,
        RATE_LIMIT_PER_MINUTE: '1000000',
        RESERVATION_SECONDS: `${RESERVATION_SECONDS}`,
        PSP_TIMEOUT_MS: '500',
        OUTBOX_RETENTION_HOURS: '24',
      });
    }
  }

  /** Environment of an instance, which logs in to the registry with its name. */
  public of(service: string, instance: string): Record<string, string> {
    const token = join(this.#folder, `${instance}.token`);
    writeFileSync(token, instance);
    return { ...this.#byService.get(service), CONSUL_LOGIN_TOKEN: token };
  }
}

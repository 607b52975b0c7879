import { ConfigurationError } from '@groundwork/contract';
import type { Size } from '../kubernetes/units.ts';
import { RESERVED_CONNECTIONS } from './settings.ts';

/** What the pools of one service hold at their largest. */
export interface Pool {
  readonly service: string;
  readonly connections: number;
}

/** @returns what is wrong with a server's size: nothing, or a ConfigurationError for each field */
export function validateSize(where: string, storage: Size, maxConnections: number): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  if (storage.toKibibytes() < 1024 * 1024) {
    found.push(
      new ConfigurationError({
        code: 'storage-invalid',
        where: `${where} › storage`,
        problem: `${storage.asString()} is less than 1Gi, which the write-ahead log alone may fill`,
        fix: 'write Size.gibibytes(10) or more',
      }),
    );
  }
  if (!Number.isInteger(maxConnections) || maxConnections < 10 || maxConnections > 1000) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › maxConnections`,
        problem: `${maxConnections} is out of range 10–1000`,
        fix: 'leave it out for 100; past some hundreds, use smaller pools instead',
      }),
    );
  }
  return found;
}

/** A tag that begins with a number names the major version; of another tag nothing is known here, and the server checks when it starts. */
export function validateVersion(where: string, image: string, majorVersion: number | undefined): ConfigurationError[] {
  const tag = /:(\d+)[^/@]*(@|$)/.exec(image)?.[1];
  if (majorVersion === undefined || tag === undefined || Number(tag) === majorVersion) return [];
  const what = `the image is PostgreSQL ${tag}, and the data is of PostgreSQL ${majorVersion}, which it can't read: ${image}`;
  return [
    new ConfigurationError({
      code: 'postgres-version-mismatch',
      where: `${where} › majorVersion`,
      problem: what,
      fix: `keep an image of ${majorVersion}; docs/postgres.md says how to get to another major version`,
    }),
  ];
}

/** Connections refused under load are found too late; so the pools are added up at synth. */
export function validateConnectionBudget(
  where: string,
  maxConnections: number,
  pools: readonly Pool[],
): ConfigurationError[] {
  const total = pools.reduce((sum, { connections }) => sum + connections, RESERVED_CONNECTIONS);
  if (total <= maxConnections) return [];
  const parts = pools.map(({ service, connections }) => `${service} ${connections}`).join(', ');
  const what = `the server takes ${maxConnections} connections, and at their largest pools and upkeep open ${total}: ${parts}, upkeep ${RESERVED_CONNECTIONS}`;
  return [
    new ConfigurationError({
      code: 'connections-exceeded',
      where: `${where} › maxConnections`,
      problem: what,
      fix: `raise it to ${total} or more with memory to match, or lower 'poolSize' or 'scaling.max'`,
    }),
  ];
}

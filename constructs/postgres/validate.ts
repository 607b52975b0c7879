import { ConfigurationError } from '@groundwork/contract';
import type { Size } from '../kubernetes/units.ts';
import { errorIf, validateInteger } from '../kubernetes/validate.ts';
import { RESERVED_CONNECTIONS } from './settings.ts';

/** Connections of one service's pools at their largest. */
export interface Pool {
  readonly service: string;
  readonly connections: number;
}

/** @returns one ConfigurationError for each invalid field */
export function validateSize(where: string, storage: Size, maxConnections: number): ConfigurationError[] {
  return [
    ...errorIf(storage.toKibibytes() < 1024 * 1024, {
      code: 'storage-invalid',
      where: `${where} › storage`,
      problem: `storage must be at least 1Gi, since the write-ahead log can fill less, got ${storage.asString()}`,
      fix: 'write Size.gibibytes(10) or more',
    }),
    ...validateInteger(
      `${where} › maxConnections`,
      maxConnections,
      [10, 1000],
      'omit it for 100; instead of more than a few hundred, use smaller pools',
    ),
  ];
}

/**
 * A tag such as `17`, `17.4` or `17.4-alpine` has the major version; for others, such as a date or a digest alone, the
 * server checks the version when it starts.
 */
export function validateVersion(where: string, image: string, majorVersion: number | undefined): ConfigurationError[] {
  const tag = /^[^@]*:(\d{1,2})(?:[.-][^/@]*)?(?:@|$)/.exec(image)?.[1];
  if (majorVersion === undefined || tag === undefined || Number(tag) === majorVersion) return [];
  const what = `the image is PostgreSQL ${tag}, but the data is from PostgreSQL ${majorVersion}, which it can't read: ${image}`;
  return [
    new ConfigurationError({
      code: 'postgres-version-mismatch',
      where: `${where} › majorVersion`,
      problem: what,
      fix: `use an image of PostgreSQL ${majorVersion}; another major version needs a second environment, into which a dump is restored`,
    }),
  ];
}

/** Checks the sum of all pools at synth, so that connections are not rejected under load. */
export function validateConnectionBudget(
  where: string,
  maxConnections: number,
  pools: readonly Pool[],
): ConfigurationError[] {
  const total = pools.reduce((sum, { connections }) => sum + connections, RESERVED_CONNECTIONS);
  if (total <= maxConnections) return [];
  const parts = pools.map(({ service, connections }) => `${service} ${connections}`).join(', ');
  const what = `maxConnections is ${maxConnections}, but all pools at their largest and the platform open ${total}: ${parts}, platform ${RESERVED_CONNECTIONS}`;
  return [
    new ConfigurationError({
      code: 'connections-exceeded',
      where: `${where} › maxConnections`,
      problem: what,
      fix: `raise it to ${total} or more with sufficient memory, or lower 'poolSize' or 'scaling.max'`,
    }),
  ];
}

import type { Size } from '../kubernetes/units.ts';
import type { FullBackups } from './backups.ts';

/** Connections reserved for the superuser, provisioning, the exporter and the reloader. */
export const RESERVED_CONNECTIONS = 8;

/**
 * Server settings that derive from the memory limit, in whole MiB, rounded down. "Manual" is the PostgreSQL 15 manual.
 * - `shared_buffers` a quarter of it: "a reasonable starting value" (manual, 20.4.1)
 * - `effective_cache_size` three quarters: the planner's estimate of cached data (PGTune's rule for the rest)
 * - `maintenance_work_mem` a sixteenth, at most 2 GiB (PGTune)
 * - `autovacuum_work_mem` a third of that: all three workers may use it at once (manual, 20.4.1)
 * - `work_mem` the other three quarters, divided by connections and by two concurrent sorts, at least 1 MiB
 */
function fromMemory(memory: Size, maxConnections: number): Record<string, string> {
  const total = mebibytes(memory);
  const part = (share: number, atLeast = 1, atMost = Number.POSITIVE_INFINITY) =>
    `${Math.min(atMost, Math.max(atLeast, Math.floor(total * share)))}MB`;
  return {
    shared_buffers: part(1 / 4),
    effective_cache_size: part(3 / 4),
    maintenance_work_mem: part(1 / 16, 1, 2048),
    autovacuum_work_mem: part(1 / 48, 1, 682),
    work_mem: part(3 / 4 / maxConnections / 2),
  };
}

/**
 * Server settings that derive from the volume.
 * - `max_wal_size` an eighth of it, at most 4 GiB (PGTune for web applications): log between two checkpoints; a soft
 *   limit, since the log grows while archiving fails
 * - `min_wal_size` a quarter of that: files that are recycled (PGTune)
 * - `random_page_cost` 1.1: the manual's example for solid-state drives (20.7.2)
 * - `effective_io_concurrency` 200: "in the hundreds" for solid-state drives (manual, 20.4.6)
 */
function fromStorage(storage: Size): Record<string, string> {
  const log = Math.min(4096, Math.floor(mebibytes(storage) / 8));
  return {
    max_wal_size: `${log}MB`,
    min_wal_size: `${Math.max(32, Math.floor(log / 4))}MB`,
    random_page_cost: '1.1',
    effective_io_concurrency: '200',
  };
}

export interface Sizing {
  readonly memory: Size;
  readonly storage: Size;
  readonly maxConnections: number;
  readonly backups: FullBackups | undefined;
}

/** Settings of the server by name, without file paths. */
export function settings({ memory, storage, maxConnections, backups }: Sizing): Readonly<Record<string, string>> {
  return {
    ...fromMemory(memory, maxConnections),
    ...fromStorage(storage),
    max_connections: `${maxConnections}`,
    superuser_reserved_connections: '3',
    // An idle transaction holds locks and blocks vacuum.
    idle_in_transaction_session_timeout: '60s',
    ...(backups === undefined
      ? {}
      : {
          archive_mode: 'on',
          archive_command: 'pgbackrest archive-push %p',
          archive_timeout: `${backups.archiveTimeout.toSeconds()}s`,
        }),
  };
}

function mebibytes(size: Size): number {
  return Math.floor(size.toKibibytes() / 1024);
}

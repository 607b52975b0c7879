import type { Size } from '../units.ts';

/** Connections that PostgreSQL keeps for the superuser, and that provisioning uses. */
export const RESERVED_CONNECTIONS = 5;

/**
 * Server settings that follow from the memory limit.
 * - `shared_buffers` a quarter of it: "a reasonable starting value" (PostgreSQL 15 manual, 20.4.1)
 * - `effective_cache_size` three quarters: what the planner may take to be cached (PGTune's rule for the rest)
 * - `maintenance_work_mem` a sixteenth, at most 2 GiB (PGTune)
 * - `work_mem` what the other three quarters give to each connection for two sorts side by side, at least 1 MiB
 * Whole MiB, rounded down.
 */
export function settings(memory: Size, maxConnections: number): Readonly<Record<string, string>> {
  const total = Math.floor(memory.toKibibytes() / 1024);
  const part = (share: number, atLeast = 1, atMost = Number.POSITIVE_INFINITY) => `${Math.min(atMost, Math.max(atLeast, Math.floor(total * share)))}MB`;
  return {
    shared_buffers: part(1 / 4),
    effective_cache_size: part(3 / 4),
    maintenance_work_mem: part(1 / 16, 1, 2048),
    work_mem: part(3 / 4 / maxConnections / 2),
    max_connections: `${maxConnections}`,
    superuser_reserved_connections: '3',
    password_encryption: 'scram-sha-256',
    // A session that forgot its transaction holds locks and keeps vacuum from cleaning up.
    idle_in_transaction_session_timeout: '60s',
  };
}

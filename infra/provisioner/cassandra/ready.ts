import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Ready } from '../sidecar/probe.ts';

/** A node, as its pod knows it. */
export interface NodeOf {
  /** Pod, such as `cassandra-1`. */
  readonly pod: string;
  /** Domain of the pods' names. */
  readonly domain: string;
  /** Port for clients. */
  readonly port: number;
  /** Folder of the node's data, empty before its first start. */
  readonly data: string;
}

/**
 * Whether a node may start. New nodes join one after the other, since two that join at once may take the same ranges: a
 * node without data waits until the one before it serves clients. A node with data starts at once, and so all do after a
 * loss of power.
 */
export function mayStart({ pod, domain, port, data }: NodeOf): Ready {
  const [, name = '', ordinal = '0'] = /^(.*)-(\d+)$/.exec(pod) ?? [];
  return async () => {
    if (ordinal === '0' || (await readdir(data).catch(() => [])).length > 0) return undefined;
    const before = `${name}-${Number(ordinal) - 1}`;
    const socket = connect({ host: `${before}.${domain}`, port, timeout: 3000 });
    try {
      await Promise.race([
        once(socket, 'connect'),
        once(socket, 'timeout').then(() => Promise.reject(new Error('timeout'))),
      ]);
      return undefined;
    } catch {
      return `${before} does not serve clients yet`;
    } finally {
      socket.destroy();
    }
  };
}

/** A node is ready while it is a member of the ring and serves clients. */
export function readyNode(exporter: string): Ready {
  return async () => {
    const response = await fetch(exporter, { signal: AbortSignal.timeout(5000) });
    const text = await response.text();
    const value = (metric: string) => Number(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    if (value('cassandra_ring_member') !== 1) return 'it is not a member of the ring';
    return value('cassandra_clients_served') === 1 ? undefined : 'it does not serve clients';
  };
}

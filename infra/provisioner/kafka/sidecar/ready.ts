import { Connection, metadataV12, ResponseError } from '@platformatic/kafka';
import { identityTls } from '../../identity.ts';
import type { Ready } from '../../sidecar/probe.ts';

/** Replicas of a partition. */
export interface Copies {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/**
 * A broker becomes ready when all replicas of all partitions in the cluster are in sync, so that a rolling update does not
 * continue with the next broker before. It stays ready while it answers and its own replicas are in sync, so that a lost
 * broker doesn't remove the others from the Service.
 */
export function readyBroker(host: string, port: number, identity: string): Ready {
  let was = false;
  return async () => {
    const { broker, copies } = await ask(host, port, identity);
    const behind = copiesBehind(copies, was ? broker : undefined);
    was ||= behind.length === 0;
    if (behind.length === 0) return undefined;
    return `${behind.length} partitions have replicas that are not in sync, such as ${behind[0]?.topic}-${behind[0]?.partition}`;
  };
}

/** Partitions with a replica that is not in sync: any replica, or that of a given broker. */
export function copiesBehind(copies: readonly Copies[], broker?: number): Copies[] {
  return copies.filter(({ replicas, isr }) =>
    replicas.some((replica) => (broker === undefined || replica === broker) && !isr.includes(replica)),
  );
}

/**
 * Requests metadata from the broker, which answers only once it has caught up with the controllers. Uses the protocol
 * directly, since the client's metadata leaves out internal topics, such as the groups' offsets.
 */
async function ask(host: string, port: number, identity: string): Promise<{ broker: number; copies: Copies[] }> {
  const connection = new Connection('readiness', {
    tls: identityTls(identity),
    connectTimeout: 3000,
    requestTimeout: 5000,
  });
  try {
    await connection.connect(host, port);
    const { brokers, topics } = await metadataV12.api.async(connection, null, false, false).catch(partly);
    const broker = brokers.find((one) => one.host === host)?.nodeId;
    if (broker === undefined) throw new Error(`${host} is not among the brokers that are up`);
    return {
      broker,
      copies: topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, replicaNodes, isrNodes }) => ({
          topic: `${name}`,
          partition: partitionIndex,
          replicas: replicaNodes,
          isr: isrNodes,
        })),
      ),
    };
  } finally {
    await connection.close();
  }
}

/** For the client, a response with a partition without a leader is an error, but it still has the metadata. */
function partly(error: unknown): metadataV12.MetadataResponse {
  if (error instanceof ResponseError) return error.response as metadataV12.MetadataResponse;
  throw error;
}

/** A controller is ready while it knows the leader: itself or another one. */
export function readyController(exporter: string): Ready {
  return async () => {
    const response = await fetch(exporter, { signal: AbortSignal.timeout(5000) });
    const leader = /^kafka_raft_current_leader(?:\{.*\})? (\S+)$/m.exec(await response.text())?.[1];
    return leader !== undefined && Number(leader) >= 0 ? undefined : 'it knows no leader of the controllers';
  };
}

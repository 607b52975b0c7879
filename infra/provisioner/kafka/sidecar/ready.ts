import { Connection, metadataV12, ResponseError } from '@platformatic/kafka';
import { identityTls } from '../client.ts';

/** What a probe is told: why a node isn't ready, or nothing when it is. */
export type Ready = () => Promise<string | undefined>;

/** A partition, as far as readiness is about it. */
export interface Copies {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/**
 * A broker becomes ready when every copy of every partition in the cluster is in sync, so that an update doesn't go on to
 * the next broker before; it stays so while it answers and its own copies are in sync. So one that is lost doesn't take
 * the others out of the Service.
 */
export function readyBroker(host: string, port: number, identity: string): Ready {
  let was = false;
  return async () => {
    const { broker, copies } = await ask(host, port, identity);
    const behind = copiesBehind(copies, was ? broker : undefined);
    was ||= behind.length === 0;
    if (behind.length === 0) return undefined;
    return `${behind.length} partitions have copies that are not in sync, such as ${behind[0]?.topic}-${behind[0]?.partition}`;
  };
}

/** Partitions of which a copy is missing from the set in sync: any copy, or a certain broker's. */
export function copiesBehind(copies: readonly Copies[], broker?: number): Copies[] {
  return copies.filter(({ replicas, isr }) =>
    replicas.some((replica) => (broker === undefined || replica === broker) && !isr.includes(replica)),
  );
}

/**
 * Asks the broker itself: it answers only once it has caught up with the controllers. By the protocol, since the client's
 * own metadata leave out Kafka's topics, such as the groups' offsets.
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

/** An answer in which a partition has no leader is an error to the client, and still says what there is. */
function partly(error: unknown): metadataV12.MetadataResponse {
  if (error instanceof ResponseError) return error.response as metadataV12.MetadataResponse;
  throw error;
}

/** A controller is ready while it knows who leads: itself, or the one that it follows. */
export function readyController(exporter: string): Ready {
  return async () => {
    const response = await fetch(exporter, { signal: AbortSignal.timeout(5000) });
    const leader = /^kafka_raft_current_leader(?:\{.*\})? (\S+)$/m.exec(await response.text())?.[1];
    return leader !== undefined && Number(leader) >= 0 ? undefined : 'it knows of no leader of the controllers';
  };
}

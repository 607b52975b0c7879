import type { Duration } from '@groundwork/contract';
import type { IdentityWatch, Trust } from '../../identity/index.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { EventConfig } from '../variables.ts';

/** Settings and reports of a Kafka client. */
export interface KafkaOptions {
  /** Brokers, and the folder of the certificate. */
  readonly config: Pick<EventConfig, 'KAFKA_BROKERS' | 'IDENTITY_DIR'>;
  /** Certificate of the service. @default the certificate in IDENTITY_DIR: Kafka requires one */
  readonly trust?: Trust | undefined;
  /** Client id in the broker's log: the name of the service. */
  readonly clientId: string;
  /** Receives failures and renewals. */
  readonly log: Logger;
  /** Counts reloads of the certificate. */
  readonly metrics: Metrics;
  /** Session timeout, after which a silent member's partitions are reassigned; the broker allows 6 s or more. @default Duration.seconds(15) */
  readonly session?: Duration;
}

/** Options of a Kafka client, with its certificate. */
export interface KafkaClient extends KafkaOptions {
  readonly identity: Pick<IdentityWatch, 'current'>;
}

/** Common options of producers and consumers. Each new connection uses the current certificate. */
export function clientOptions({ config, clientId, identity }: KafkaClient) {
  return {
    clientId,
    bootstrapBrokers: config.KAFKA_BROKERS.split(','),
    tls: {
      minVersion: 'TLSv1.3' as const,
      get cert() {
        return identity.current.cert;
      },
      get key() {
        return identity.current.key;
      },
      get ca() {
        return identity.current.ca;
      },
    },
    connectTimeout: 3000,
    requestTimeout: 10_000,
    retryDelay: 200,
  };
}

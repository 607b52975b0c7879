import type { Duration } from '@groundwork/contract';
import type { IdentityWatch, Trust } from '../../identity/index.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { EventConfig } from '../variables.ts';

export interface KafkaOptions {
  readonly config: Pick<EventConfig, 'KAFKA_BROKERS' | 'IDENTITY_DIR'>;
  /** The service's. @default the certificate in IDENTITY_DIR: Kafka is never spoken to without one */
  readonly trust?: Trust | undefined;
  /** Name in the broker's log: the service's. */
  readonly clientId: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** After this long without a sign of life a member's partitions go to others. The broker takes 6 s at least. @default Duration.seconds(15) */
  readonly session?: Duration;
}

/** A client of Kafka: the options with the certificate that it shows. */
export interface KafkaClient extends KafkaOptions {
  readonly identity: Pick<IdentityWatch, 'current'>;
}

/** What producers and consumers have in common. Each new connection shows the certificate that is the newest then. */
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

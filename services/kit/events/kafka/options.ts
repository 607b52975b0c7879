import type { Duration } from '@groundwork/contract';
import type { Logger } from '../../log/logger.ts';
import type { EventConfig } from '../variables.ts';
import { identityTls } from './identity.ts';

export interface KafkaOptions {
  readonly config: Pick<EventConfig, 'KAFKA_BROKERS' | 'IDENTITY_DIR'>;
  /** Name in the broker's log: the service's. */
  readonly clientId: string;
  readonly log: Logger;
  /** After this long without a sign of life a member's partitions go to others. The broker takes 6 s at least. @default Duration.seconds(15) */
  readonly session?: Duration;
}

/** What producers and consumers have in common. */
export function clientOptions({ config, clientId }: KafkaOptions) {
  return {
    clientId,
    bootstrapBrokers: config.KAFKA_BROKERS.split(','),
    tls: identityTls(config.IDENTITY_DIR),
    connectTimeout: 3000,
    requestTimeout: 10_000,
    retryDelay: 200,
  };
}

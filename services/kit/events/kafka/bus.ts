import { backOff, reasonOf } from '../../background/retry.ts';
import { type IdentityWatch, watchIdentity } from '../../identity/index.ts';
import type { EventBus, SubscribeOptions, Subscription } from '../bus.ts';
import type { KafkaClient, KafkaOptions } from './options.ts';
import { kafkaProducer } from './producer.ts';
import { session } from './session.ts';

/**
 * Creates the bus on Kafka, over mutual TLS. Connections are opened on first use. When the workload's certificate is
 * renewed, the producer reconnects before its next batch, and a consumer rejoins its group after the messages in
 * progress.
 */
export function createKafkaBus(options: KafkaOptions): EventBus {
  const ownWatch = options.trust === undefined ? watchIdentity(options.config.IDENTITY_DIR, options) : undefined;
  const identity = options.trust?.identity ?? (ownWatch as IdentityWatch);
  const client: KafkaClient = { ...options, identity };
  const producer = kafkaProducer(client);
  const renewals = new Set<() => void>([() => producer.renew()]);
  const forget = identity.onRenewed(() => {
    options.log.info('certificate renewed; reconnecting to Kafka');
    for (const renew of renewals) renew();
  });
  return {
    publish: (messages) => producer.publish(messages),
    subscribe: (subscribe) => keepSubscribed(client, subscribe, renewals),
    close: async () => {
      forget();
      ownWatch?.stop();
      await producer.close();
    },
  };
}

function keepSubscribed(options: KafkaClient, subscribe: SubscribeOptions, renewals: Set<() => void>): Subscription {
  const stopping = new AbortController();
  let renewing = new AbortController();
  const renew = () => renewing.abort();
  renewals.add(renew);
  const sessions = (async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const started = performance.now();
      renewing = new AbortController();
      try {
        await session(options, subscribe, AbortSignal.any([stopping.signal, renewing.signal]));
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted) return;
        // After a minute without a failure, backoff starts from the beginning.
        failures = performance.now() - started > 60_000 ? 0 : failures + 1;
        options.log.warn({ reason: reasonOf(error), group: subscribe.group }, 'Kafka consumer failed; retrying');
        await backOff(failures, stopping.signal);
      }
    }
  })();
  return {
    stop: () => {
      renewals.delete(renew);
      stopping.abort();
      return sessions;
    },
  };
}

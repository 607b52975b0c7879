import { Duration } from '@groundwork/contract';
import type { Logger, Metrics } from '@groundwork/kit';
import { type Background, inBackground } from '@groundwork/kit/background';
import type { Kysely } from 'kysely';
import type { MailTransport } from '../mail/transport.ts';
import type { Tables } from '../tables.ts';
import { OUTCOMES, sendNext } from './messages.ts';

/** Sends due messages until stopped; every pod may run one. */
export function startSender(
  database: Kysely<Tables>,
  transport: MailTransport,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
): Background {
  const attempts = metrics.counter('notifications_attempts_total', 'Attempts to send a message, by outcome', [
    'transport',
    'outcome',
  ]);
  for (const outcome of OUTCOMES) attempts.add({ transport: transport.name, outcome }, 0);
  const step = async (): Promise<boolean> => {
    const outcome = await sendNext(database, transport);
    if (outcome !== undefined) attempts.add({ transport: transport.name, outcome });
    return outcome !== undefined;
  };
  return inBackground(step, { failure: 'could not send messages; retrying', log, interval: Duration.millis(200) });
}

import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAny } from '@groundwork/contract';
import type { KafkaDesiredState } from '@groundwork/contract/desired-state';
import type { Admin } from '@platformatic/kafka';
import { reconcileQuotas } from './quotas.ts';
import { reconcileRights } from './rights.ts';
import { compareTopics } from './topics.ts';

/** Pause until metadata is read again: a broker learns of a topic shortly after the controller. */
const METADATA_PAUSE_MS = 100;

/**
 * Reconciles a cluster with the desired state. Idempotent, and safe to run concurrently with the same state. Never deletes
 * a topic.
 * @param say receives a line for each change, and for each topic without a contract
 * @throws ConfigurationError (or `ConfigurationErrors`) for a change that would lose events, before anything is changed
 */
export async function reconcile(
  admin: Admin,
  desiredState: KafkaDesiredState,
  say: (line: string) => void,
): Promise<void> {
  const { errors, changes, orphans } = await compareTopics(admin, desiredState.topics);
  throwIfAny(errors);
  let behind = false;
  for (const { says, make } of changes) {
    if (await make()) say(says);
    else behind = true;
  }
  if (behind) {
    // The broker's metadata was older than the topics: what they are was not compared with the desired state.
    await delay(METADATA_PAUSE_MS);
    return reconcile(admin, desiredState, say);
  }
  for (const line of await reconcileRights(admin, desiredState.rights)) say(line);
  for (const line of await reconcileQuotas(admin, desiredState.quotas)) say(line);
  for (const name of orphans) {
    say(
      `topic '${name}': no contract has this event; it is kept, and no service has rights on it\n` +
        `    fix: rename the event back; or, once its events are not needed, delete it as docs/kafka.md describes`,
    );
  }
}

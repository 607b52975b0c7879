import { throwIfAny } from '@groundwork/contract';
import type { KafkaDesiredState } from '@groundwork/contract/desired-state';
import type { Admin } from '@platformatic/kafka';
import { reconcileQuotas } from './quotas.ts';
import { reconcileRights } from './rights.ts';
import { compareTopics } from './topics.ts';

/**
 * Makes a cluster agree with a plan. Safe to do again, and by two at once with one plan. No topic is ever deleted.
 * @param say told of each change, and of each topic that no contract speaks of
 * @throws ConfigurationError (or `ConfigurationErrors`) for what would lose events, before anything is changed
 */
export async function reconcile(
  admin: Admin,
  desiredState: KafkaDesiredState,
  say: (line: string) => void,
): Promise<void> {
  const { mistakes, changes, orphans } = await compareTopics(admin, desiredState.topics);
  throwIfAny(mistakes);
  for (const { says, make } of changes) {
    await make();
    say(says);
  }
  for (const line of await reconcileRights(admin, desiredState.rights)) say(line);
  for (const line of await reconcileQuotas(admin, desiredState.quotas)) say(line);
  for (const name of orphans) {
    say(
      `topic '${name}': no contract speaks of it any more; it is kept, and nobody may use it\n` +
        `    fix: name the event so again; or, once its events are of no use to anybody, drop it by hand as docs/kafka.md says`,
    );
  }
}

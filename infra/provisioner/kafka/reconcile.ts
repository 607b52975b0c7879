import { refuse } from '@groundwork/contract';
import type { Admin } from '@platformatic/kafka';
import type { Plan } from './desired-state.ts';
import { agreeOnQuotas } from './quotas.ts';
import { agreeOnRights } from './rights.ts';
import { compareTopics } from './topics.ts';

/**
 * Makes a cluster agree with a plan. Safe to do again, and by two at once with one plan. No topic is ever deleted.
 * @param say told of each change, and of each topic that no contract speaks of
 * @throws Mistake (or `Mistakes`) for what would lose events, before anything is changed
 */
export async function agree(admin: Admin, plan: Plan, say: (line: string) => void): Promise<void> {
  const { mistakes, changes, orphans } = await compareTopics(admin, plan.topics);
  refuse(mistakes);
  for (const { says, make } of changes) {
    await make();
    say(says);
  }
  for (const line of await agreeOnRights(admin, plan.rights)) say(line);
  for (const line of await agreeOnQuotas(admin, plan.quotas)) say(line);
  for (const name of orphans) {
    say(
      `topic '${name}': no contract speaks of it any more; it is kept, and nobody may use it\n` +
        `    mend: name the event so again; or, once its events are of no use to anybody, drop it by hand as docs/kafka.md says`,
    );
  }
}

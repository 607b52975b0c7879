import { pathText } from '../diff/index.ts';
import type { ObjectChange } from '../objects.ts';
import { budgetOf, podsOf } from '../workloads.ts';
import type { EnvironmentChange, EnvironmentRule } from './rule.ts';

/** A changed pod template replaces pods: which, how many, and whether somebody goes on serving meanwhile. */
export const rollouts: EnvironmentRule = {
  id: 'rollouts',
  check: (environment) =>
    environment.changes
      .filter(({ action }) => action === 'roll')
      .map((change) => {
        const pods = podsOf(change.after as never, environment.after);
        const gap = interrupts(change, pods);
        return {
          severity: gap ? 'caution' : 'notice',
          subject: change.id,
          what: `${pods === 1 ? 'its pod is' : `its ${pods} pods are`} replaced${gap ? ', and nothing serves in between' : rolling(change, pods, environment)}`,
          ...onlyField(change),
          advice: gap ? 'merge when an interruption of some seconds is fine, or give it a second pod' : 'nothing to do: it rolls by itself',
          cause: change.why,
        };
      }),
};

function interrupts({ kind, after }: ObjectChange, pods: number): boolean {
  const { strategy } = (after?.spec ?? {}) as { strategy?: { type?: string } };
  return strategy?.type === 'Recreate' || (kind === 'StatefulSet' && pods === 1);
}

function rolling({ kind, after }: ObjectChange, pods: number, { after: all }: EnvironmentChange): string {
  if (kind === 'DaemonSet') return ', node by node';
  if (pods === 1) return ', the new one first';
  return `, one after the other${budgetOf(after as never, all) === undefined ? '; no PodDisruptionBudget guards them' : ''}`;
}

/** Field and values when one field alone rolls the pods. */
function onlyField({ fields }: ObjectChange) {
  const inTemplate = fields.filter(({ path }) => path[1] === 'template');
  const [only] = inTemplate;
  return only !== undefined && inTemplate.length === 1 ? { field: pathText(only.path), before: only.before, after: only.after } : {};
}

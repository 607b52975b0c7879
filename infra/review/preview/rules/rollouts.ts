import type { Manifest } from '@groundwork/constructs';
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
        const operated = OPERATED[change.kind];
        const pods =
          operated === undefined
            ? podsOf(change.after as never, environment.after)
            : operated.pods(change.after as never);
        const gap = operated?.gap ?? (interrupts(change, pods ?? 0) ? ', and nothing serves in between' : undefined);
        return {
          severity: gap === undefined ? ('notice' as const) : ('caution' as const),
          subject: change.id,
          what: `pods are replaced${gap ?? (operated === undefined ? rolling(change) : ', one after the other, by their operator')}`,
          ...(pods === undefined
            ? {}
            : { note: `${pods === 1 ? '1 pod' : `${pods} pods`}${guard(change, pods, environment)}` }),
          ...onlyField(change),
          advice:
            gap === undefined
              ? 'nothing to do: it rolls by itself'
              : 'merge when an interruption of some seconds is fine, or give it a second pod',
          cause: change.why,
        };
      }),
};

/** What operators make pods of: how many, and what is felt when they are replaced. */
const OPERATED: Readonly<
  Record<string, { readonly pods: (object: Manifest) => number | undefined; readonly gap?: string }>
> = {
  Cluster: {
    pods: ({ spec }) => (spec as { instances?: number }).instances,
    gap: ', the primary last: while another takes over, writes are refused',
  },
  Pooler: { pods: ({ spec }) => (spec as { instances?: number }).instances },
  KafkaNodePool: { pods: ({ spec }) => (spec as { replicas?: number }).replicas },
  Kafka: { pods: () => undefined },
};

function interrupts({ kind, after }: ObjectChange, pods: number): boolean {
  const { strategy } = (after?.spec ?? {}) as { strategy?: { type?: string } };
  return strategy?.type === 'Recreate' || (kind === 'StatefulSet' && pods === 1);
}

function rolling({ kind }: ObjectChange): string {
  return kind === 'DaemonSet' ? ', node by node' : ', one after the other, and others go on serving';
}

/** A budget never holds back an update; but while it is under way, the pods that are away count, so drains wait. */
function guard({ kind, after }: ObjectChange, pods: number, { after: all }: EnvironmentChange): string {
  if (pods === 1 || kind === 'DaemonSet' || OPERATED[kind] !== undefined) return '';
  return budgetOf(after as never, all) === undefined
    ? ', no PodDisruptionBudget'
    : ', their PodDisruptionBudget lets it: drains of nodes wait meanwhile';
}

/** Field and values when one field alone rolls the pods. */
function onlyField({ fields }: ObjectChange) {
  const inTemplate = fields.filter(({ path }) => path[1] === 'template');
  const [only] = inTemplate;
  return only !== undefined && inTemplate.length === 1
    ? { field: pathText(only.path), before: only.before, after: only.after }
    : {};
}

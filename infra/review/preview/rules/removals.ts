import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { podOf } from '../../policy/pods.ts';
import { selectorsOf } from '../../policy/selectors.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { formatSome } from '../text.ts';
import { configMapsOf, podsOf } from '../workloads.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Objects that are deleted while others may need them. `data` reports those that store data. */
export const removals: EnvironmentRule = {
  id: 'removals',
  check: ({ changes, before, after }) => {
    const deleted = changes.filter(({ action }) => action === 'delete');
    return deleted.flatMap((change): Observation[] => [
      ...workload(change, before),
      ...service(change, before, deleted),
      ...config(change, after),
    ]);
  },
};

function workload(change: ObjectChange, all: readonly Manifest[]): Observation[] {
  const { before } = change;
  if (isKind(before, 'CronJob')) return [about(change, 'warning', 'it no longer runs', RENAMED)];
  const isStore = isKind(before, 'StatefulSet') && (before.spec?.volumeClaimTemplates ?? []).length > 0;
  if (!isKind(before, 'Deployment', 'DaemonSet', 'StatefulSet') || isStore) return [];
  const found = about(change, 'critical', 'its pods are deleted without a replacement', RENAMED);
  return [isKind(before, 'DaemonSet') ? found : { ...found, note: podsText(podsOf(before, all)) }];
}

/** A Service whose pods all go with it says nothing new: the finding on its workload does. */
function service(change: ObjectChange, all: readonly Manifest[], deleted: readonly ObjectChange[]): Observation[] {
  const { before } = change;
  if (!isKind(before, 'Service')) return [];
  const workloads = all.filter((one) => {
    const pod = podOf(one);
    return pod !== undefined && selectorsOf(pod, one, 'Service', { objects: all }).includes(before);
  });
  const gone = new Set(deleted.map((one) => one.before));
  if (workloads.length > 0 && workloads.every((one) => gone.has(one))) return [];
  return [about(change, 'critical', 'its name and address are gone: its clients no longer connect', RENAMED)];
}

/** A ConfigMap that pods still use: those that start without it wait for it. */
function config(change: ObjectChange, all: readonly Manifest[]): Observation[] {
  const { before } = change;
  if (!isKind(before, 'ConfigMap')) return [];
  const { name, namespace } = before.metadata;
  const users = all.filter((one) => one.metadata.namespace === namespace && configMapsOf(one).includes(name));
  if (users.length === 0) return [];
  const what = `${formatSome(users.map((one) => `${one.kind}/${one.metadata.name}`))} still use it: pods that restart don't start`;
  return [about(change, 'critical', what, 'keep it until no workload uses it')];
}

const RENAMED = 'check that it is unused; if it was renamed, switch its clients to the new name first';

/** Such as `3 pods`. */
export function podsText(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}

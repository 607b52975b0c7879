import { pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { rolloutPauseOf } from '../workloads.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Pods that a template change doesn't replace automatically, and pods whose pending changes now roll out. */
export const heldBack: EnvironmentRule = {
  id: 'held-back',
  check: ({ changes }) => changes.flatMap(heldBackBy),
};

function heldBackBy(change: ObjectChange): Observation[] {
  const { action, before, after, fields } = change;
  if (before === undefined || after === undefined || action === 'replace') return [];
  const [was, is] = [rolloutPauseOf(before), rolloutPauseOf(after)];
  const template = fields.some(({ path }) => path[0] === 'spec' && path[1] === 'template');
  const hold = (is ?? was)?.field;
  const setting = fields.find(({ path }) => hold !== undefined && pathText(path).startsWith(hold));
  const found = (what: string, advice: string) => [about(change, 'warning', what, advice, setting)];
  if (is !== undefined && template) {
    const advice = 'plan the step that rolls it out; any unrelated restart of a pod applies it too';
    return found(`the change is not rolled out: ${is.pods} keep the old template ${is.until}`, advice);
  }
  if (is !== undefined && setting !== undefined)
    return found(
      `later changes are not rolled out: ${is.pods} keep the old template ${is.until}`,
      'check that this is intended to last',
    );
  if (was !== undefined && is === undefined)
    return found(
      'pending template changes roll out to its pods',
      'check the pending changes with `kubectl rollout status`',
    );
  return [];
}

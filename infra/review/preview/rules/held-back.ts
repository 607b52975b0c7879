import { pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { rolloutPauseOf } from '../workloads.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Pods that a change of their template doesn't reach by itself, and those that it reaches at last. */
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
    const advice = 'plan the step that takes it up, or a restart for another reason does it at some other time';
    return found(`the change waits: ${is.pods} stay as they are ${is.until}`, advice);
  }
  if (is !== undefined && setting !== undefined)
    return found(`from now on changes wait: ${is.pods} stay as they are ${is.until}`, 'see that this is meant to last');
  if (was !== undefined && is === undefined)
    return found(
      'what was held back until now reaches its pods at once',
      'see which changes have waited: `kubectl rollout status` tells',
    );
  return [];
}

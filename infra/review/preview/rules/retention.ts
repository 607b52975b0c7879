import type { Manifest } from '@groundwork/constructs';
import { containersOf, isKind } from '../../../../constructs/kubernetes/read.ts';
import { topicsOf } from '../bus.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { about, type EnvironmentChange, type EnvironmentRule } from './rule.ts';

/** Retention that gets shorter: older data is deleted as soon as this is applied. */
export const retention: EnvironmentRule = {
  id: 'retention',
  check: (environment) => [...events(environment), ...environment.changes.flatMap(backupsAndMetrics)],
};

const ADVICE = 'copy the data that is still needed';

function events({ before, after }: EnvironmentChange): Observation[] {
  const kept = topicsOf(after);
  return [...topicsOf(before).values()].flatMap(({ name, settings: was }): Observation[] => {
    const is = kept.get(name)?.settings;
    if (is === undefined) return [];
    const report = (what: string, field: string, from: string, to: string): Observation[] => {
      const values = { field, before: from, after: to, advice: ADVICE, cause: `event '${name}'` };
      return [{ severity: 'critical', subject: `topic ${name}`, what, ...values }];
    };
    const [policy, next] = [was['cleanup.policy'] ?? 'delete', is['cleanup.policy'] ?? 'delete'];
    if (policy !== next) {
      const what =
        next === 'compact'
          ? 'only the last event of each key is kept'
          : 'events are deleted by age, including the last event of a key';
      return report(what, 'cleanup.policy', policy, next);
    }
    const [from, to] = [was['retention.ms'], is['retention.ms']];
    if (from === undefined || to === undefined || endless(to) >= endless(from)) return [];
    return report('older events are deleted, consumed or not', 'retention.ms', from, to);
  });
}

/** `-1` means unlimited in Kafka. */
function endless(milliseconds: string): number {
  return milliseconds === '-1' ? Number.POSITIVE_INFINITY : Number(milliseconds);
}

function backupsAndMetrics(change: ObjectChange): Observation[] {
  const [was, is] = [keptBy(change.before), keptBy(change.after)];
  if (was === undefined || is === undefined || seconds(is.time) >= seconds(was.time)) return [];
  return [{ ...about(change, is.severity, is.what, ADVICE), field: is.field, before: was.value, after: is.value }];
}

/** The retention of a store of backups or metrics. */
function keptBy(manifest: Manifest | undefined) {
  if (isKind(manifest, 'ObjectStore')) {
    const time = manifest.spec?.retentionPolicy;
    const what = 'older backups are deleted: no earlier point in time can be restored';
    return time === undefined
      ? undefined
      : { severity: 'critical' as const, what, field: 'spec.retentionPolicy', value: time, time };
  }
  const value = containersOf(manifest)
    .flatMap(({ args = [] }) => args)
    .find((arg) => TIME.test(arg));
  return value === undefined
    ? undefined
    : {
        severity: 'warning' as const,
        what: 'older metrics are deleted',
        field: 'retention',
        value,
        time: value.replace(/^.*=/, ''),
      };
}

const TIME = /^--storage\.tsdb\.retention\.time=(\d+)(ms|s|m|h|d|w|y)$/;
const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

function seconds(time: string): number {
  const [, count, unit = ''] = /^(\d+)([a-z]+)$/.exec(time) ?? [];
  return Number(count ?? Number.POSITIVE_INFINITY) * (SECONDS[unit] ?? 1);
}

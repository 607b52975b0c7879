import { topicsOf } from '../bus.ts';
import { quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import { templateOf } from '../workloads.ts';
import type { EnvironmentChange, EnvironmentRule } from './rule.ts';

/** What is kept for a shorter time: the rest is deleted as soon as this is applied. */
export const retention: EnvironmentRule = {
  id: 'retention',
  check: (environment) => [...events(environment), ...backupsAndMetrics(environment)],
};

function shorter(
  subject: string,
  what: string,
  field: string,
  before: string,
  after: string,
  cause: string,
): Observation {
  return {
    severity: 'caution',
    subject,
    what,
    field,
    before,
    after,
    advice: 'copy what may still be asked for',
    cause,
  };
}

function events({ before, after }: EnvironmentChange): Observation[] {
  const young = topicsOf(after);
  return [...topicsOf(before).values()].flatMap(({ name, settings: was }) => {
    const is = young.get(name)?.settings;
    if (is === undefined) return [];
    const [old, now] = [was['cleanup.policy'] ?? 'delete', is['cleanup.policy'] ?? 'delete'];
    const [subject, cause] = [`topic ${name}`, `event '${name}'`];
    if (old !== now) {
      const what =
        now === 'compact'
          ? 'of each key only the last event stays'
          : 'events go by their age, the last of a key as well';
      return [shorter(subject, what, 'cleanup.policy', old, now, cause)];
    }
    const [from, to] = [was['retention.ms'], is['retention.ms']];
    if (from === undefined || to === undefined || endless(to) >= endless(from)) return [];
    return [shorter(subject, 'older events are deleted, read or not', 'retention.ms', from, to, cause)];
  });
}

/** Kafka writes -1 for ever. */
function endless(milliseconds: string): number {
  return milliseconds === '-1' ? Number.POSITIVE_INFINITY : Number(milliseconds);
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

function backupsAndMetrics({ changes }: EnvironmentChange): Observation[] {
  return changes.flatMap(({ id, kind, before, after, why }) => {
    if (before === undefined || after === undefined) return [];
    if (kind === 'ObjectStore') {
      const [from, to] = [before, after].map(({ spec }) => (spec as { retentionPolicy?: string }).retentionPolicy);
      if (from === undefined || to === undefined || seconds(to) >= seconds(from)) return [];
      return [
        shorter(
          id,
          'older backups are deleted: no earlier point in time can be restored',
          'spec.retentionPolicy',
          from,
          to,
          why,
        ),
      ];
    }
    const [from, to] = [before, after].map((manifest) =>
      templateOf(manifest)
        ?.spec.containers.flatMap(({ args = [] }) => args)
        .find((arg) => TIME.test(arg)),
    );
    if (
      from === undefined ||
      to === undefined ||
      seconds(to.split('=')[1] as string) >= seconds(from.split('=')[1] as string)
    )
      return [];
    return [shorter(id, 'older metrics are deleted', 'retention', from, to, why)];
  });
}

function seconds(time: string): number {
  const [, count = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(time) ?? [];
  return (quantity(count) ?? Number.POSITIVE_INFINITY) * (SECONDS[unit] ?? 1);
}

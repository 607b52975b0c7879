import type { Manifest } from '@groundwork/constructs';
import { parse } from 'yaml';
import type { Observation } from '../finding.ts';
import { templateOf } from '../workloads.ts';
import type { EnvironmentRule } from './rule.ts';

interface Alert {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Alerts that go, or that come under other conditions. */
export const alerts: EnvironmentRule = {
  id: 'alerts',
  check({ changes, before, after }) {
    if (!changes.some(({ kind }) => kind === 'ConfigMap')) return [];
    const young = alertsOf(after);
    const running = new Set(
      after.filter((manifest) => templateOf(manifest) !== undefined).map(({ metadata }) => metadata.name),
    );
    return [...alertsOf(before)].flatMap(([name, old]): Observation[] => {
      const now = young.get(name);
      const say = (
        severity: Observation['severity'],
        what: string,
        values: Partial<Observation> = {},
      ): Observation[] => [
        {
          severity,
          subject: `alert ${name}`,
          what,
          ...values,
          advice: 'see that somebody still hears of it in time',
          cause: `alert '${name}'`,
        },
      ];
      if (now === undefined) return say('caution', 'nobody is told of it any more');
      if (old.labels?.severity !== now.labels?.severity)
        return say('notice', 'it is of another severity', {
          field: 'severity',
          before: old.labels?.severity,
          after: now.labels?.severity,
        });
      if (old.for !== now.for)
        return say('notice', 'it waits for another time before it comes', {
          field: 'for',
          before: old.for,
          after: now.for,
        });
      return covers(now.expr, old.expr, running)
        ? []
        : say('notice', 'it comes under another condition', { field: 'expr', before: old.expr, after: now.expr });
    });
  },
};

/** Whether each case of the old condition is one of the new; a case of a service that is gone needs none. */
function covers(now: string, old: string, running: ReadonlySet<string>): boolean {
  const cases = new Set(now.split(' or '));
  return old.split(' or ').every((one) => {
    const service = /(?:service|job)="([^"]+)"/.exec(one)?.[1];
    return cases.has(one) || (service !== undefined && !running.has(service));
  });
}

/** Alerts by name, from all files of rules that ConfigMaps hold. */
function alertsOf(manifests: readonly Manifest[]): Map<string, Alert> {
  const files = manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => Object.values((data ?? {}) as Record<string, string>));
  const groups = files
    .filter((text) => text.startsWith('groups:'))
    .flatMap((text) => (parse(text) as { groups: { rules: Alert[] }[] }).groups);
  return new Map(
    groups.flatMap(({ rules }) =>
      rules.flatMap((rule): [string, Alert][] => (rule.alert === undefined ? [] : [[rule.alert, rule]])),
    ),
  );
}

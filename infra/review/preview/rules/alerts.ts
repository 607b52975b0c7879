import type { Manifest } from '@groundwork/constructs';
import { parse } from 'yaml';
import { ofKind, podTemplateOf } from '../../../../constructs/kubernetes/read.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

interface Alert {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Alerts that are removed, or that fire under other conditions. */
export const alerts: EnvironmentRule = {
  id: 'alerts',
  check({ changes, before, after }) {
    if (!changes.some(({ kind }) => kind === 'ConfigMap')) return [];
    const running = new Set(
      after.filter((manifest) => podTemplateOf(manifest) !== undefined).map(({ metadata }) => metadata.name),
    );
    const kept = alertsOf(after);
    return [...alertsOf(before)].flatMap(([name, was]): Observation[] => {
      const is = kept.get(name);
      const report = (
        severity: Observation['severity'],
        what: string,
        values: Partial<Observation> = {},
      ): Observation[] => [
        {
          severity,
          subject: `alert ${name}`,
          what,
          ...values,
          advice: 'check that the failure is still reported in time',
          cause: `alert '${name}'`,
        },
      ];
      if (is === undefined) return report('warning', 'the alert is removed');
      if (was.labels?.severity !== is.labels?.severity)
        return report('info', 'its severity changes', {
          field: 'severity',
          before: was.labels?.severity,
          after: is.labels?.severity,
        });
      if (was.for !== is.for)
        return report('info', 'it fires after a different time', {
          field: 'for',
          before: was.for,
          after: is.for,
        });
      return covers(is.expr, was.expr, running)
        ? []
        : report('info', 'its condition changes', { field: 'expr', before: was.expr, after: is.expr });
    });
  },
};

/** Whether the new condition covers each case of the old one; a case of a removed service needs no cover. */
function covers(after: string, before: string, running: ReadonlySet<string>): boolean {
  const cases = new Set(after.split(' or '));
  return before.split(' or ').every((one) => {
    const service = /(?:service|job)="([^"]+)"/.exec(one)?.[1];
    return cases.has(one) || (service !== undefined && !running.has(service));
  });
}

/** Alerts by name, from the rule files in all ConfigMaps. */
function alertsOf(manifests: readonly Manifest[]): Map<string, Alert> {
  const groups = ofKind(manifests, 'ConfigMap')
    .flatMap(({ data = {} }) => Object.values(data))
    .filter((text) => `${text}`.startsWith('groups:'))
    .flatMap((text): { readonly rules: readonly Alert[] }[] => parse(text).groups);
  return new Map(
    groups.flatMap(({ rules }) =>
      rules.flatMap((rule): [string, Alert][] => (rule.alert === undefined ? [] : [[rule.alert, rule]])),
    ),
  );
}

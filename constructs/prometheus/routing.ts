import { toYaml } from '../kubernetes/yaml.ts';
import { type Alerting, integration, NOBODY, receiversOf } from './receivers.ts';
import type { RuleFile, Severity } from './rules/rule.ts';

/**
 * Alertmanager's configuration: routes by severity, one message for all alerts of a kind, and no word of what follows
 * from an alert that fires already.
 */
export function alertmanagerConfig(alerting: Alerting, files: readonly RuleFile[]): string {
  const routed = (['page', 'ticket'] as const).flatMap((severity) => routesTo(severity, alerting));
  return toYaml([
    {
      route: {
        receiver: NOBODY,
        group_by: ['alertname', 'service', 'job'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: '4h',
        ...(routed.length > 0 ? { routes: routed } : {}),
      },
      inhibit_rules: inhibitions(files),
      receivers: [
        { name: NOBODY },
        ...receiversOf(alerting).map((receiver) => ({ name: receiver.name, ...integration(receiver) })),
      ],
    },
  ]);
}

function routesTo(severity: Severity, alerting: Alerting): object[] {
  // 'continue': the next receiver of the same severity is told too.
  return (alerting[severity] ?? []).map(({ name }) => ({
    receiver: name,
    matchers: [`severity="${severity}"`],
    continue: true,
  }));
}

function inhibitions(files: readonly RuleFile[]): object[] {
  const alerts = files.flatMap((file) => file.alerts);
  const known = new Set(alerts.map(({ name }) => name));
  return alerts.flatMap(({ name, explains = [] }) =>
    explains
      .filter(({ alert }) => known.has(alert))
      .map(({ alert, sameIn }) => ({
        source_matchers: [`alertname="${name}"`],
        target_matchers: [`alertname="${alert}"`],
        ...(sameIn === undefined ? {} : { equal: [...sameIn] }),
      })),
  );
}

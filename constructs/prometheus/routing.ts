import { toYaml } from '../kubernetes/yaml.ts';
import { type Alerting, integration, NO_RECEIVER, receiversOf } from './receivers.ts';
import type { RuleFile, Severity } from './rules/rule.ts';
import { WATCHDOG } from './rules/watchdog.ts';

/**
 * Alertmanager's configuration: routes by severity, one notification for each group of alerts, and inhibition of alerts
 * that a firing alert explains.
 */
export function alertmanagerConfig(alerting: Alerting, files: readonly RuleFile[]): string {
  const routed = [
    ...routesToSwitch(alerting),
    ...(['page', 'ticket'] as const).flatMap((severity) => routesTo(severity, alerting)),
  ];
  return toYaml([
    {
      route: {
        receiver: NO_RECEIVER,
        group_by: ['alertname', 'service', 'job'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: '4h',
        ...(routed.length > 0 ? { routes: routed } : {}),
      },
      inhibit_rules: inhibitions(files),
      receivers: [
        { name: NO_RECEIVER },
        ...receiversOf(alerting).map((receiver) => ({ name: receiver.name, ...integration(receiver) })),
      ],
    },
  ]);
}

/** Often, since its absence is what is reported. */
function routesToSwitch({ deadMansSwitch }: Alerting): object[] {
  if (deadMansSwitch === undefined) return [];
  const every = { group_wait: '0s', group_interval: '1m', repeat_interval: '1m' };
  return [{ receiver: deadMansSwitch.name, matchers: [`alertname="${WATCHDOG}"`], ...every }];
}

function routesTo(severity: Exclude<Severity, 'none'>, alerting: Alerting): object[] {
  // 'continue': the other receivers of the severity are notified too.
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

import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/**
 * Alerts for targets that are not scraped. `up` detects a target that is down; a target without pods has no series, so each
 * is checked by name.
 * @param jobs names of all targets
 * @param mesh whether there are several Alertmanagers with a mesh
 */
export function targetRules(jobs: readonly string[], mesh: boolean): RuleFile {
  const down = ['TargetDown', 'PodDown'].map((alert) => ({ alert, sameIn: ['job'] }));
  return {
    name: 'targets',
    alerts: [
      alert({
        name: 'TargetDown',
        expr: 'count by (job) (up == 0) / count by (job) (up) > 1 / 3',
        for: Duration.minutes(5),
        severity: 'page',
        summary: '{{ $labels.job }}: {{ $value | humanizePercentage }} of its pods have given no metrics for 5 minutes',
        description: 'The pods are missing or hang, or their certificates have expired. Their alerts can’t fire.',
        runbook:
          'Check the pods (kubectl get pod, kubectl logs). If they are healthy, /targets of Prometheus shows why they can’t be scraped: network policy, certificate, or name.',
        explains: [{ alert: 'PodDown', sameIn: ['job'] }],
      }),
      alert({
        name: 'PodDown',
        expr: 'up == 0',
        for: Duration.minutes(15),
        severity: 'ticket',
        summary: '{{ $labels.job }}: {{ $labels.instance }} has given no metrics for 15 minutes',
        description: 'The other pods handle its load.',
        runbook: 'kubectl get pods -o wide shows the pod with this address; its events and its log have the cause.',
      }),
      ...(jobs.length === 0
        ? []
        : [
            alert({
              name: 'TargetMissing',
              expr: jobs.map((job) => `absent(up{job="${job}"})`).join(' or '),
              for: Duration.minutes(10),
              severity: 'page',
              summary: '{{ $labels.job }} has no pods',
              description: 'It has no pod, so it is unavailable.',
              runbook:
                'kubectl get pods,events: an exhausted quota, an image that can’t be pulled, or no node with enough resources.',
              explains: down,
            }),
          ]),
      alert({
        name: 'ConfigurationNotReloaded',
        expr: 'prometheus_config_last_reload_successful == 0',
        for: Duration.minutes(5),
        severity: 'ticket',
        summary: 'Prometheus can’t load its new configuration',
        description: 'It uses the former one: what was deployed since is not watched, and a restart would fail.',
        runbook: 'The log of Prometheus has the error. Fix the rule or target, and deploy again.',
      }),
      alert({
        name: 'RuleFails',
        expr: 'increase(prometheus_rule_evaluation_failures_total[10m]) > 0',
        severity: 'ticket',
        summary: 'Prometheus can’t evaluate a rule',
        description: 'An alert that can’t be evaluated never fires.',
        runbook: 'The log of Prometheus has the rule and the error.',
      }),
      alert({
        name: 'AlertsNotDelivered',
        expr: 'rate(alertmanager_notifications_failed_total[15m]) > 0',
        for: Duration.minutes(15),
        severity: 'page',
        summary: 'Alertmanager can’t deliver to {{ $labels.integration }}',
        description: 'No notifications are sent with this integration.',
        runbook: 'Alertmanager’s log has the response of the receiver; check its address, its secret and its egress.',
      }),
      ...(mesh ? [disagree] : []),
    ],
  };
}

const disagree = alert({
  name: 'AlertmanagersDisagree',
  expr: 'count(alertmanager_cluster_members != on () group_left () count(up{job="alertmanager"})) > 0',
  for: Duration.minutes(15),
  severity: 'ticket',
  summary: 'The Alertmanagers can’t reach each other',
  description: 'Notifications may be sent more than once, and a silence may apply at one of them only.',
  runbook: 'Check TCP port 9094 between their pods, and their certificates.',
});

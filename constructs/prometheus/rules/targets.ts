import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/**
 * Whether what should be scraped is. A target that is down is found by `up`; one whose pods are all gone has no series
 * at all, so each is asked for by name.
 * @param jobs names of all targets
 * @param mesh whether there are Alertmanagers that must agree
 */
export function targetRules(jobs: readonly string[], mesh: boolean): RuleFile {
  const down = { alert: 'TargetDown', sameIn: ['job'] };
  return {
    name: 'targets',
    alerts: [
      alert({
        name: 'TargetDown',
        expr: 'up == 0',
        for: Duration.minutes(5),
        severity: 'page',
        summary: '{{ $labels.job }}: {{ $labels.instance }} has given no metrics for 5 minutes',
        description:
          'The pod is gone, hangs, or its certificate has run out. Whatever it should alert about goes unseen.',
        runbook:
          'See the pod (kubectl get pod, kubectl logs). If it is well, Prometheus’ /targets says why it can’t be scraped: network policy, certificate, or name.',
      }),
      ...(jobs.length === 0
        ? []
        : [
            alert({
              name: 'TargetMissing',
              expr: jobs.map((job) => `absent(up{job="${job}"})`).join(' or '),
              for: Duration.minutes(10),
              severity: 'page',
              summary: '{{ $labels.job }}: no pod of it is there',
              description: 'It has no pod at all, so it serves nobody.',
              runbook:
                'kubectl get pods,events: a quota that is used up, an image that can’t be pulled, or nothing that it fits on.',
              explains: [down],
            }),
          ]),
      alert({
        name: 'RuleFails',
        expr: 'increase(prometheus_rule_evaluation_failures_total[10m]) > 0',
        severity: 'ticket',
        summary: 'Prometheus can’t evaluate a rule',
        description: 'An alert that can’t be evaluated never fires.',
        runbook: 'Prometheus’ log names the rule and why.',
      }),
      alert({
        name: 'AlertsNotDelivered',
        expr: 'rate(alertmanager_notifications_failed_total[15m]) > 0',
        for: Duration.minutes(15),
        severity: 'page',
        summary: 'Alertmanager can’t deliver to {{ $labels.integration }}',
        description: 'Nobody is told by that way.',
        runbook:
          'Alertmanager’s log says what the receiver answered; see its address, its secret and the egress that is open to it.',
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
  summary: 'The Alertmanagers don’t see each other',
  description: 'An alert may be sent more than once, and a silence may hold at one of them only.',
  runbook: 'See that TCP port 9094 is open between their pods, and their certificates.',
});

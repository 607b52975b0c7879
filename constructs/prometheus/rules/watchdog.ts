import { alert, type RuleFile } from './rule.ts';

/** Name of the alert that always fires. */
export const WATCHDOG = 'Watchdog';

/** An alert that always fires, for a dead man's switch: only a service outside notices that alerting itself fails. */
export const watchdogRules: RuleFile = {
  name: 'watchdog',
  alerts: [
    alert({
      name: WATCHDOG,
      expr: 'vector(1)',
      severity: 'none',
      summary: 'Alerts are evaluated and delivered',
      description: 'It always fires. Where it no longer arrives, no other alert does.',
      runbook:
        'When its receiver reports that it is missing: check that Prometheus and Alertmanager run (kubectl get pods), their logs, and the egress of Alertmanager.',
    }),
  ],
};

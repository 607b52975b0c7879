import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/**
 * Alerts for Consul servers. Only the leader reports their health (`consul_autopilot_healthy`); the others report NaN,
 * which no comparison matches.
 * @see https://developer.hashicorp.com/consul/docs/agent/monitor/telemetry#autopilot
 */
export const consulRules: RuleFile = {
  name: 'consul',
  of: 'consul-server',
  alerts: [
    alert({
      name: 'ConsulNoLeader',
      expr: 'absent(consul_autopilot_healthy >= 0)',
      for: Duration.minutes(1),
      severity: 'page',
      summary: 'Consul has no leader',
      description: 'No instance can register or change. Services resolve from their caches, then with cluster DNS.',
      runbook:
        'A majority of the servers must run and reach each other: pods, network, certificates, the gossip key. Never delete a volume to help it.',
      explains: [{ alert: 'ConsulServerUnhealthy' }, { alert: 'ConsulNoSpareServer' }],
    }),
    alert({
      name: 'ConsulServerUnhealthy',
      expr: 'min(consul_autopilot_healthy >= 0) == 0',
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'A Consul server is unhealthy',
      description: 'Consul still works. One more failure may leave it without a leader.',
      runbook: 'consul operator autopilot state shows which one; check the log of its pod.',
      explains: [{ alert: 'ConsulNoSpareServer' }],
    }),
    alert({
      name: 'ConsulNoSpareServer',
      // A single server never tolerates a failure; that is intended.
      expr: 'max(consul_autopilot_failure_tolerance >= 0) == 0 and count(consul_autopilot_healthy) > 1',
      for: Duration.minutes(30),
      severity: 'ticket',
      summary: 'Consul can’t lose another server',
      description: 'Consul still works. The loss of one more server leaves it without a leader.',
      runbook: 'Bring the missing server back: pod, node, volume.',
    }),
  ],
};

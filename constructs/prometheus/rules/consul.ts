import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/**
 * What Consul's servers tell. Only the leader knows how the servers are (`consul_autopilot_healthy`); the others say NaN,
 * which no comparison holds for.
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
      description:
        'Nothing can register or change. Services resolve from their caches, then by the cluster’s own names.',
      runbook:
        'A majority of the servers must run and reach each other: pods, network, certificates, the gossip key. Never delete a volume to help it.',
      explains: [{ alert: 'ConsulServerUnhealthy' }, { alert: 'ConsulNoSpareServer' }],
    }),
    alert({
      name: 'ConsulServerUnhealthy',
      expr: 'min(consul_autopilot_healthy >= 0) == 0',
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'A server of Consul is not well',
      description: 'The others carry it. One more loss may leave Consul without a leader.',
      runbook: 'consul operator autopilot state says which one; its pod’s log says why.',
      explains: [{ alert: 'ConsulNoSpareServer' }],
    }),
    alert({
      name: 'ConsulNoSpareServer',
      // A server that is alone never has one to spare; that is a choice, not a fault.
      expr: 'max(consul_autopilot_failure_tolerance >= 0) == 0 and count(consul_autopilot_healthy) > 1',
      for: Duration.minutes(30),
      severity: 'ticket',
      summary: 'Consul can’t lose another server',
      description: 'It works. The loss of one more server leaves it without a leader.',
      runbook: 'Bring the missing server back: pod, node, volume.',
    }),
  ],
};

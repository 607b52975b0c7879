import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/** What the kubelet tells of the namespace's pods and volumes. */
export const podRules: RuleFile = {
  name: 'pods',
  of: 'kubelet',
  alerts: [
    alert({
      name: 'CrashLoop',
      expr: 'changes(container_start_time_seconds[20m]) >= 3',
      severity: 'page',
      summary: '{{ $labels.pod }}: {{ $labels.container }} restarted {{ $value }} times within 20 minutes',
      description: 'It starts and ends over and over; the pods beside it, if any, carry its load.',
      runbook: 'kubectl logs --previous; “OOMKilled” in kubectl describe pod means that its memory limit is too low.',
    }),
    alert({
      name: 'MemoryNearLimit',
      expr: 'container_memory_working_set_bytes{container!=""} / (container_spec_memory_limit_bytes{container!=""} > 0) > 0.9',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: '{{ $labels.pod }}: {{ $labels.container }} uses {{ $value | humanizePercentage }} of its memory',
      description: 'At 100 % the kernel kills it.',
      runbook: 'Raise resources.memory of the workload, or find the leak: a line that only climbs is one.',
    }),
    alert({
      name: 'DiskFilling',
      // Six hours of history, a day ahead; and only where a fifth at most is left, since a fresh volume fills fast at first.
      expr:
        'predict_linear(kubelet_volume_stats_available_bytes[6h], 24 * 3600) < 0' +
        ' and kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.2',
      for: Duration.minutes(30),
      severity: 'page',
      summary: 'Volume {{ $labels.persistentvolumeclaim }} will be full within a day',
      description: 'What writes to a full volume stops, and most stores need room to recover.',
      runbook: 'Grow the volume (the storage prop) if its class can, or shorten what is kept (retention).',
    }),
    alert({
      name: 'DiskFull',
      expr: 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.05',
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'Volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left',
      description: 'What writes to a full volume stops, and most stores need room to recover.',
      runbook: 'Grow the volume at once (the storage prop), or free room by hand as its system’s manual says.',
      explains: [{ alert: 'DiskFilling', sameIn: ['persistentvolumeclaim'] }],
    }),
    alert({
      name: 'ApiServerErrors',
      expr: 'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m])) > 0.05',
      for: Duration.minutes(10),
      severity: 'ticket',
      summary: '{{ $value | humanizePercentage }} of requests to the cluster’s API server fail',
      description: 'What runs goes on; nothing is rescheduled, scaled or renewed meanwhile.',
      runbook: 'Tell those who run the cluster; see its etcd and its admission webhooks first.',
    }),
  ],
};

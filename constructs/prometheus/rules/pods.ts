import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/** Alerts for pods and volumes of the namespace, and for API servers. */
export const podRules: RuleFile = {
  name: 'pods',
  of: 'kubelet',
  alerts: [
    alert({
      name: 'CrashLoop',
      // A start is seen only if a scrape hits a running container, so a loop has more of them.
      expr: 'changes(container_start_time_seconds[20m]) >= 2',
      severity: 'page',
      summary: '{{ $labels.pod }}: {{ $labels.container }} restarted {{ $value }} times within 20 minutes',
      description: 'The container restarts in a loop; other pods of the workload, if any, handle its load.',
      runbook: 'kubectl logs --previous; “OOMKilled” in kubectl describe pod means that its memory limit is too low.',
    }),
    alert({
      name: 'MemoryNearLimit',
      // Not the working set: it has file pages, which the kernel drops instead of killing a process.
      expr: 'container_memory_rss{container!=""} / (container_spec_memory_limit_bytes{container!=""} > 0) > 0.9',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: '{{ $labels.pod }}: {{ $labels.container }} uses {{ $value | humanizePercentage }} of its memory',
      description: 'At 100 % the kernel kills the container.',
      runbook: 'Raise resources.memory of the workload, or find the leak if usage grows constantly.',
    }),
    alert({
      name: 'KilledForMemory',
      expr: 'increase(container_oom_events_total{container!=""}[15m]) > 0',
      severity: 'ticket',
      summary: '{{ $labels.pod }}: the kernel killed a process of {{ $labels.container }} for its memory',
      description: 'It exceeded its memory limit. What it was doing was interrupted.',
      runbook: 'Raise resources.memory of the workload, or find what needed so much; the dashboard shows its memory.',
    }),
    alert({
      name: 'DiskFilling',
      // Extrapolates six hours by a day; only below 20 % free space, since a new volume fills fast at first.
      expr:
        'predict_linear(kubelet_volume_stats_available_bytes[6h], 24 * 3600) < 0' +
        ' and kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.2',
      for: Duration.minutes(30),
      severity: 'page',
      summary: 'Volume {{ $labels.persistentvolumeclaim }} will be full within a day',
      description: 'Writes to a full volume fail, and most databases need free space to recover.',
      runbook: 'Expand the volume (the storage prop) if its class allows it, or reduce the retention.',
    }),
    alert({
      name: 'DiskFull',
      expr: 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.05',
      for: Duration.minutes(5),
      severity: 'page',
      summary: 'Volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left',
      description: 'Writes to a full volume fail, and most databases need free space to recover.',
      runbook: 'Expand the volume at once (the storage prop), or free space as the manual of the system describes.',
      explains: [{ alert: 'DiskFilling', sameIn: ['persistentvolumeclaim'] }],
    }),
    alert({
      name: 'InodesRunOut',
      expr: 'kubelet_volume_stats_inodes_free / (kubelet_volume_stats_inodes > 0) < 0.05',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: 'Volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its inodes left',
      description: 'Without inodes no file can be created, although there is space.',
      runbook:
        'Find the folder with very many files (kubectl exec, du --inodes), and remove them, or move to a larger volume.',
    }),
    alert({
      name: 'ApiServerErrors',
      expr: 'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m])) > 0.05',
      for: Duration.minutes(10),
      severity: 'ticket',
      summary: '{{ $value | humanizePercentage }} of requests to the cluster’s API server fail',
      description: 'Running pods continue; meanwhile nothing is rescheduled, scaled or renewed.',
      runbook: 'Notify the cluster operators; check etcd and admission webhooks first.',
    }),
  ],
};

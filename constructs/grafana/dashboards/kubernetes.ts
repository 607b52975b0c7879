import type { Board } from './board.ts';

/** Pods and volumes of the namespace, from the kubelets' metrics. */
export const kubernetesBoard: Board = {
  name: 'system-kubernetes',
  title: 'Pods and volumes',
  tags: ['system'],
  rows: [
    {
      title: 'Pods',
      panels: [
        {
          title: 'CPU',
          unit: 'cores',
          queries: { '{{pod}}': 'sum by (pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))' },
        },
        {
          title: 'Memory',
          unit: 'bytes',
          queries: { '{{pod}}': 'sum by (pod) (container_memory_working_set_bytes{container!=""})' },
        },
        {
          title: 'Restarts within an hour',
          unit: 'short',
          queries: { '{{pod}} {{container}}': 'changes(container_start_time_seconds[1h]) > 0' },
        },
      ],
    },
    {
      title: 'Network and out-of-memory kills',
      panels: [
        {
          title: 'Received',
          unit: 'Bps',
          queries: { '{{pod}}': 'sum by (pod) (rate(container_network_receive_bytes_total[5m]))' },
        },
        {
          title: 'Sent',
          unit: 'Bps',
          queries: { '{{pod}}': 'sum by (pod) (rate(container_network_transmit_bytes_total[5m]))' },
        },
        {
          title: 'Out-of-memory kills',
          unit: 'short',
          queries: { '{{pod}}': 'sum by (pod) (increase(container_oom_events_total[1h])) > 0' },
        },
      ],
    },
    {
      title: 'Volumes and the API server',
      panels: [
        {
          title: 'Room left',
          unit: 'percentunit',
          queries: {
            '{{persistentvolumeclaim}}': 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes',
          },
        },
        {
          title: 'Requests to the API server',
          unit: 'reqps',
          queries: { '{{code}}': 'sum by (code) (rate(apiserver_request_total[5m]))' },
        },
      ],
    },
  ],
};

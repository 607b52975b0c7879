import { testAlerts } from '../../../test/support/alerts.ts';
import { podRules } from './pods.ts';

const started = 'container_start_time_seconds{pod="users-1",container="users"}';
const available = 'kubelet_volume_stats_available_bytes{persistentvolumeclaim="data-postgres-0"}';
const capacity = 'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data-postgres-0"}';
const used = 'container_memory_working_set_bytes{pod="users-1",container="users"}';
const limit = 'container_spec_memory_limit_bytes{pod="users-1",container="users"}';

testAlerts(podRules, {
  CrashLoop: [
    {
      when: 'after three restarts within 20 minutes',
      series: { [started]: '100x4 400x4 700x4 1000x10' },
      at: '16m',
      fires: [
        {
          labels: { pod: 'users-1', container: 'users' },
          summary: 'users-1: users restarted 3 times within 20 minutes',
        },
      ],
    },
    { when: 'after one restart', series: { [started]: '100x4 400x20' }, at: '16m' },
  ],
  MemoryNearLimit: [
    {
      when: 'when a container stays above 90 % of its limit',
      series: { [used]: '95x30', [limit]: '100x30' },
      at: '20m',
      fires: [{ labels: { pod: 'users-1', container: 'users' }, summary: 'users-1: users uses 95% of its memory' }],
    },
    { when: 'for a container without a limit', series: { [used]: '95x30', [limit]: '0x30' }, at: '20m' },
  ],
  DiskFilling: [
    {
      when: 'when the nearly full volume will be full within a day',
      series: { [available]: '190-0.2x480', [capacity]: '1000x480' },
      at: '450m',
      fires: [
        {
          labels: { persistentvolumeclaim: 'data-postgres-0' },
          summary: 'Volume data-postgres-0 will be full within a day',
        },
      ],
    },
    {
      when: 'while there is enough space, however fast it fills',
      series: { [available]: '900-0.9x480', [capacity]: '1000x480' },
      at: '450m',
    },
    {
      when: 'when the volume is nearly full and stays so',
      series: { [available]: '100x480', [capacity]: '1000x480' },
      at: '450m',
    },
  ],
  DiskFull: [
    {
      when: 'when 5 % are left',
      series: { [available]: '40x20', [capacity]: '1000x20' },
      at: '10m',
      fires: [{ labels: { persistentvolumeclaim: 'data-postgres-0' }, summary: 'Volume data-postgres-0 has 4% left' }],
    },
    { when: 'when more is left', series: { [available]: '60x20', [capacity]: '1000x20' }, at: '10m' },
  ],
  ApiServerErrors: [
    {
      when: 'when more than 5 % of its responses are errors',
      series: { 'apiserver_request_total{code="200"}': '0+90x30', 'apiserver_request_total{code="503"}': '0+10x30' },
      at: '20m',
      fires: [{ summary: '10% of requests to the cluster’s API server fail' }],
    },
    {
      when: 'when a few are',
      series: { 'apiserver_request_total{code="200"}': '0+99x30', 'apiserver_request_total{code="503"}': '0+1x30' },
      at: '20m',
    },
  ],
});

import { testAlerts } from '../../../test/support/alerts.ts';
import { podRules } from './pods.ts';

const started = 'container_start_time_seconds{pod="users-1",container="users"}';
const available = 'kubelet_volume_stats_available_bytes{persistentvolumeclaim="data-postgres-0"}';
const capacity = 'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data-postgres-0"}';
const used = 'container_memory_rss{pod="users-1",container="users"}';
const killed = 'container_oom_events_total{pod="users-1",container="users"}';
const inodes = 'kubelet_volume_stats_inodes{persistentvolumeclaim="data-kafka-0"}';
const inodesFree = 'kubelet_volume_stats_inodes_free{persistentvolumeclaim="data-kafka-0"}';
const workingSet = 'container_memory_working_set_bytes{pod="users-1",container="users"}';
const limit = 'container_spec_memory_limit_bytes{pod="users-1",container="users"}';

testAlerts(podRules, {
  CrashLoop: [
    {
      when: 'after three restarts within 20 minutes',
      series: { [started]: '100x4 400x4 700x4 1000x10' },
      at: '16m',
      ends: { series: { [started]: '1000x30' }, at: '40m' },
      fires: [
        {
          labels: { pod: 'users-1', container: 'users' },
          summary: 'users-1: users restarted 3 times within 20 minutes',
        },
      ],
    },
    {
      when: 'when three starts are seen, five minutes apart, with back-off between them',
      every: '30s',
      series: { [started]: '1000 _x9 1300 _x9 1600 _x30' },
      at: '12m',
      fires: [
        {
          labels: { pod: 'users-1', container: 'users' },
          summary: 'users-1: users restarted 2 times within 20 minutes',
        },
      ],
    },
    { when: 'after one restart', series: { [started]: '100x4 400x20' }, at: '16m' },
  ],
  KilledForMemory: [
    {
      when: 'when the kernel killed a process',
      series: { [killed]: '0x5 1x30' },
      at: '10m',
      ends: { series: {}, at: '30m' },
      fires: [
        {
          labels: { pod: 'users-1', container: 'users' },
          summary: 'users-1: the kernel killed a process of users for its memory',
        },
      ],
    },
    { when: 'when it killed none', series: { [killed]: '0x30' }, at: '10m' },
  ],
  InodesRunOut: [
    {
      when: 'when 4 % are left',
      series: { [inodesFree]: '40x30', [inodes]: '1000x30' },
      at: '20m',
      ends: { series: { [inodesFree]: '400x20', [inodes]: '1000x20' }, at: '40m' },
      fires: [
        { labels: { persistentvolumeclaim: 'data-kafka-0' }, summary: 'Volume data-kafka-0 has 4% of its inodes left' },
      ],
    },
    {
      when: 'where the file system has no fixed number of them',
      series: { [inodesFree]: '0x30', [inodes]: '0x30' },
      at: '20m',
    },
  ],
  MemoryNearLimit: [
    {
      when: 'when a container stays above 90 % of its limit',
      series: { [used]: '95x30', [limit]: '100x30' },
      at: '20m',
      ends: { series: { [used]: '50x20', [limit]: '100x20' }, at: '40m' },
      fires: [{ labels: { pod: 'users-1', container: 'users' }, summary: 'users-1: users uses 95% of its memory' }],
    },
    {
      when: 'when its working set is full of file pages, as that of a database',
      series: { [used]: '40x30', [limit]: '100x30', [workingSet]: '98x30' },
      at: '20m',
    },
    { when: 'for a container without a limit', series: { [used]: '95x30', [limit]: '0x30' }, at: '20m' },
  ],
  DiskFilling: [
    {
      when: 'when the nearly full volume will be full within a day',
      series: { [available]: '190-0.2x480', [capacity]: '1000x480' },
      at: '450m',
      ends: { series: { [available]: '900x60', [capacity]: '1000x60' }, at: '500m' },
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
      ends: { series: { [available]: '500x20', [capacity]: '1000x20' }, at: '30m' },
      fires: [{ labels: { persistentvolumeclaim: 'data-postgres-0' }, summary: 'Volume data-postgres-0 has 4% left' }],
    },
    { when: 'when more is left', series: { [available]: '60x20', [capacity]: '1000x20' }, at: '10m' },
  ],
  ApiServerErrors: [
    {
      when: 'when more than 5 % of its responses are errors',
      series: { 'apiserver_request_total{code="200"}': '0+90x30', 'apiserver_request_total{code="503"}': '0+10x30' },
      at: '20m',
      ends: {
        series: {
          'apiserver_request_total{code="200"}': '2700+90x30',
          'apiserver_request_total{code="503"}': '300x30',
        },
        at: '50m',
      },
      fires: [{ summary: '10% of requests to the cluster’s API server fail' }],
    },
    {
      when: 'when a few are',
      series: { 'apiserver_request_total{code="200"}': '0+99x30', 'apiserver_request_total{code="503"}': '0+1x30' },
      at: '20m',
    },
  ],
});

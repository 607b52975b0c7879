import { testAlerts } from '../../../test/support/alerts.ts';
import { consulRules } from './consul.ts';

const healthy = (instance: string) => `consul_autopilot_healthy{instance="${instance}"}`;
const spare = (instance: string) => `consul_autopilot_failure_tolerance{instance="${instance}"}`;

/** Samples of a server that is not the leader. */
const unknown = (samples: number) => Array.from({ length: samples }, () => 'NaN').join(' ');

testAlerts(consulRules, {
  ConsulNoLeader: [
    {
      when: 'when no server reports health',
      series: { [healthy('a')]: unknown(10), [healthy('b')]: unknown(10) },
      at: '5m',
      ends: { series: { [healthy('b')]: '1x10' }, at: '15m' },
      fires: [{ summary: 'Consul has no leader' }],
    },
    { when: 'when one does', series: { [healthy('a')]: unknown(10), [healthy('b')]: '1x10' }, at: '5m' },
  ],
  ConsulServerUnhealthy: [
    {
      when: 'when the leader reports an unhealthy server',
      series: { [healthy('a')]: unknown(20), [healthy('b')]: '0x20' },
      at: '10m',
      ends: { series: { [healthy('b')]: '1x20' }, at: '25m' },
      fires: [{ summary: 'A Consul server is unhealthy' }],
    },
    { when: 'while one is rolled', series: { [healthy('a')]: unknown(20), [healthy('b')]: '1x3 0x3 1x20' }, at: '7m' },
  ],
  ConsulNoSpareServer: [
    {
      when: 'when two of three are left',
      series: { [healthy('a')]: unknown(60), [healthy('b')]: '1x60', [spare('a')]: unknown(60), [spare('b')]: '0x60' },
      at: '45m',
      ends: { series: { [healthy('b')]: '1x20', [spare('b')]: '1x20' }, at: '65m' },
      fires: [{ summary: 'Consul can’t lose another server' }],
    },
    {
      when: 'for an intended single server',
      series: { [healthy('a')]: '1x60', [spare('a')]: '0x60' },
      at: '45m',
    },
  ],
});

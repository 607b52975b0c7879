import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

const SAFE = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

export const safeSysctls = rule({
  id: 'safe-sysctls',
  why: 'other kernel settings are shared by all pods of a node',
  source: 'Pod Security Standards, baseline: Sysctls',
  fix: 'remove it, or set it on the node',
  severity: 'critical',
  check: eachPod(({ spec, at }) =>
    (spec.securityContext?.sysctls ?? [])
      .filter(({ name = '' }) => !SAFE.has(name))
      .map(({ name }) => ({ field: `${at}.securityContext.sysctls.${name}`, what: 'is shared by the whole node' })),
  ),
  samples: {
    good: [workload({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } })],
    bad: [workload({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '65536' }] } })],
    alsoBad: [
      [
        workload({
          securityContext: {
            sysctls: [
              { name: 'net.ipv4.tcp_syncookies', value: '1' },
              { name: 'net.core.somaxconn', value: '1' },
            ],
          },
        }),
      ],
    ],
    nearMisses: [[workload({ securityContext: { sysctls: [] } })]],
  },
});

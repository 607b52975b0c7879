import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

export const noExternalIps = rule({
  id: 'no-external-ips',
  why: 'a Service with arbitrary external IPs can intercept traffic to other hosts',
  source: 'CVE-2020-8554',
  fix: 'remove externalIPs; use a LoadBalancer',
  severity: 'critical',
  check: ofKind('Service', ({ spec: { externalIPs = [] } = {} }) =>
    externalIPs.length > 0 ? [{ field: 'spec.externalIPs', what: `has ${externalIPs.join(', ')}` }] : [],
  ),
  samples: {
    good: [sample('v1', 'Service', 'users', { spec: {} })],
    bad: [sample('v1', 'Service', 'users', { spec: { externalIPs: ['1.1.1.1'] } })],
    alsoBad: [[sample('v1', 'Service', 'users', { spec: { type: 'LoadBalancer', externalIPs: ['1.1.1.1', '::1'] } })]],
    nearMisses: [[sample('v1', 'Service', 'users', { spec: { externalIPs: [], externalName: '1.1.1.1' } })]],
  },
});

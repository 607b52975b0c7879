import { coverAll } from '../../cidr.ts';
import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const service = (spec: object) => [sample('v1', 'Service', 'users', { spec: { type: 'LoadBalancer', ...spec } })];

export const loadBalancerSources = rule({
  id: 'load-balancer-sources',
  why: 'a load balancer without source ranges is open to the whole internet',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Network separation and hardening',
  fix: 'list the allowed ranges in loadBalancerSourceRanges, or add an exception for a public load balancer',
  severity: 'warning',
  check: ofKind('Service', ({ spec: { type, loadBalancerSourceRanges = [] } = {} }) => {
    if (type !== 'LoadBalancer') return [];
    const open = loadBalancerSourceRanges.length === 0 || coverAll(loadBalancerSourceRanges.map((cidr) => ({ cidr })));
    return open ? [{ field: 'spec.loadBalancerSourceRanges', what: 'allows all addresses' }] : [];
  }),
  samples: {
    good: service({ loadBalancerSourceRanges: ['203.0.113.0/24'] }),
    bad: service({}),
    alsoBad: [
      service({ loadBalancerSourceRanges: ['203.0.113.0/24', '::/0'] }),
      service({ loadBalancerSourceRanges: ['128.0.0.0/1', '0.0.0.0/1'] }),
    ],
    nearMisses: [
      service({ loadBalancerSourceRanges: ['0.0.0.0/1', '8000::/1'] }),
      [sample('v1', 'Service', 'users', { spec: { type: 'ClusterIP' } })],
    ],
  },
});

import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

export const noNodePort = rule({
  id: 'no-node-port',
  why: 'a node port is open on every node and bypasses TLS, limits and logs of the Ingress',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Network separation and hardening; kube-score, service-type',
  fix: 'use an Ingress, or a LoadBalancer for protocols other than HTTP',
  severity: 'warning',
  check: ofKind('Service', ({ spec }) =>
    spec?.type === 'NodePort' ? [{ field: 'spec.type', what: 'is NodePort' }] : [],
  ),
  samples: {
    good: [sample('v1', 'Service', 'users', { spec: { type: 'ClusterIP' } })],
    bad: [sample('v1', 'Service', 'users', { spec: { type: 'NodePort' } })],
    alsoBad: [[sample('v1', 'Service', 'users', { spec: { type: 'NodePort', ports: [{ port: 80 }] } })]],
    nearMisses: [[sample('v1', 'Service', 'users', { spec: { ports: [{ port: 80, targetPort: 30080 }] } })]],
  },
});

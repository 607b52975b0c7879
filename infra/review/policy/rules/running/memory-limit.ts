import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

export const memoryLimit = rule({
  id: 'memory-limit',
  why: 'a leak can exhaust the memory of a node, and the kernel kills arbitrary processes; CPU is shared by weight and needs no limit',
  source:
    'Kubernetes documentation, Resource Management for Pods and Containers; NSA/CISA Kubernetes Hardening Guide v1.2, Resource policies',
  fix: 'set resources.limits.memory',
  severity: 'warning',
  check: eachContainer(({ container: { resources }, at }) =>
    resources?.limits?.memory === undefined ? [{ field: `${at}.resources.limits.memory`, what: 'is not set' }] : [],
  ),
  samples: {
    good: [containing({})],
    bad: [containing({ resources: { requests: { cpu: '1', memory: '1Gi' } } })],
    alsoBad: [[containing({ resources: { limits: { cpu: '1' } } })]],
    nearMisses: [[containing({ resources: { limits: { memory: '1' } } })]],
  },
});

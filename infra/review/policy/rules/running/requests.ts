import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

export const requests = rule({
  id: 'requests',
  why: 'the scheduler may put all pods without requests on one node, and the kubelet evicts them first',
  source:
    'Kubernetes documentation, Resource Management for Pods and Containers; NSA/CISA Kubernetes Hardening Guide v1.2, Resource policies',
  fix: 'set resources.requests for cpu and memory',
  severity: 'warning',
  check: eachContainer(({ container: { resources }, at }) =>
    ['cpu', 'memory']
      .filter((name) => resources?.requests?.[name] === undefined)
      .map((name) => ({ field: `${at}.resources.requests.${name}`, what: 'is not set' })),
  ),
  samples: {
    good: [containing({})],
    bad: [containing({ resources: { limits: { memory: '128Mi' } } })],
    alsoBad: [
      [containing({ resources: { requests: { cpu: '1' } } })],
      [containing({ resources: { requests: { memory: '1Gi' } } })],
    ],
    nearMisses: [[containing({ resources: { requests: { cpu: '0', memory: '0' } } })]],
  },
});

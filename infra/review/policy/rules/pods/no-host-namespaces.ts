import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

export const noHostNamespaces = rule({
  id: 'no-host-namespaces',
  why: "a pod in its node's namespaces sees other pods' traffic, processes and memory, and no network policy applies to it",
  source:
    'Pod Security Standards, baseline: Host Namespaces; CIS Kubernetes Benchmark v1.12, 5.2.3 to 5.2.5; NSA/CISA Kubernetes Hardening Guide v1.2, Kubernetes Pod security',
  fix: 'remove hostNetwork, hostPID and hostIPC; use a Service to expose the pod',
  severity: 'critical',
  check: eachPod(({ spec, at }) =>
    (['hostNetwork', 'hostPID', 'hostIPC'] as const)
      .filter((name) => spec[name])
      .map((name) => ({ field: `${at}.${name}`, what: 'is true: the pod shares namespaces with its node' })),
  ),
  samples: {
    good: [workload({ hostNetwork: false })],
    bad: [workload({ hostPID: true })],
    alsoBad: [[workload({ hostNetwork: true })], [workload({ hostIPC: true })]],
    nearMisses: [[workload({ hostPID: false, hostIPC: false, hostUsers: false } as object)]],
  },
});

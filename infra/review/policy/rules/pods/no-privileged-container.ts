import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const noPrivilegedContainer = rule({
  id: 'no-privileged-container',
  why: 'a privileged container has full access to its node and to every pod on it',
  source: 'Pod Security Standards, baseline: Privileged Containers; CIS Kubernetes Benchmark v1.12, 5.2.2',
  fix: 'remove privileged, and add only the access that the container needs',
  severity: 'critical',
  check: eachContainer(({ container, at }) =>
    container.securityContext?.privileged
      ? [{ field: `${at}.securityContext.privileged`, what: 'is true: the container has full access to its node' }]
      : [],
  ),
  samples: {
    good: [secured({ privileged: false })],
    bad: [secured({ privileged: true })],
    alsoBad: [[workload({ initContainers: [{ name: 'init', securityContext: { privileged: true } }] })]],
    nearMisses: [[secured({ privileged: false, runAsNonRoot: true })]],
  },
});

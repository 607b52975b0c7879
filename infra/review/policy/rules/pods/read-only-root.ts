import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, secured, workload } from '../../samples.ts';

export const readOnlyRoot = rule({
  id: 'read-only-root',
  why: 'an attacker cannot install programs on a read-only file system',
  source:
    'NSA/CISA Kubernetes Hardening Guide v1.2, Immutable container file systems; CIS Kubernetes Benchmark v1.12, 5.6.3',
  fix: 'set readOnlyRootFilesystem: true and mount an emptyDir where the program writes',
  severity: 'warning',
  check: eachContainer(({ container, at }) =>
    container.securityContext?.readOnlyRootFilesystem
      ? []
      : [{ field: `${at}.securityContext.readOnlyRootFilesystem`, what: 'is not true' }],
  ),
  samples: {
    good: [secured({ readOnlyRootFilesystem: true })],
    bad: [secured({ readOnlyRootFilesystem: false })],
    alsoBad: [[containing({ securityContext: {} })]],
    nearMisses: [[workload({ initContainers: [{ name: 'init', securityContext: { readOnlyRootFilesystem: true } }] })]],
  },
});

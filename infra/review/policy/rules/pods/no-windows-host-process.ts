import { containersOf, eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const noWindowsHostProcess = rule({
  id: 'no-windows-host-process',
  why: 'a Windows HostProcess container runs directly on the node',
  source: 'Pod Security Standards, baseline: HostProcess; CIS Kubernetes Benchmark v1.12, 5.2.10',
  fix: 'remove windowsOptions.hostProcess',
  severity: 'critical',
  check: eachPod((pod) =>
    [
      { at: pod.at, securityContext: pod.spec.securityContext },
      ...containersOf(pod).map(({ at, container }) => ({ at, securityContext: container.securityContext })),
    ]
      .filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess)
      .map(({ at }) => ({
        field: `${at}.securityContext.windowsOptions.hostProcess`,
        what: 'is true: it runs directly on the node',
      })),
  ),
  samples: {
    good: [workload()],
    bad: [workload({ securityContext: { windowsOptions: { hostProcess: true } } })],
    alsoBad: [[secured({ windowsOptions: { hostProcess: true } })]],
  },
});

import { containersOf, eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const noWindowsHostProcess = rule({
  id: 'no-windows-host-process',
  why: 'a host process of Windows is no container: it is the node',
  source: 'Pod Security Standards, baseline: HostProcess; CIS Kubernetes Benchmark v1.12, 5.2.10',
  fix: 'leave windowsOptions.hostProcess out',
  severity: 'critical',
  check: eachPod((pod) =>
    [
      { at: pod.at, securityContext: pod.spec.securityContext },
      ...containersOf(pod).map(({ at, container }) => ({ at, securityContext: container.securityContext })),
    ]
      .filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess)
      .map(({ at }) => ({
        field: `${at}.securityContext.windowsOptions.hostProcess`,
        what: 'is true: it runs on the node itself',
      })),
  ),
  samples: {
    good: [workload()],
    bad: [workload({ securityContext: { windowsOptions: { hostProcess: true } } })],
    alsoBad: [[secured({ windowsOptions: { hostProcess: true } })]],
  },
});

import { eachSecurityContext } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const noWindowsHostProcess = rule({
  id: 'no-windows-host-process',
  why: 'a Windows HostProcess container runs directly on the node',
  source: 'Pod Security Standards, baseline: HostProcess; CIS Kubernetes Benchmark v1.12, 5.2.10',
  fix: 'remove windowsOptions.hostProcess',
  severity: 'critical',
  check: eachSecurityContext(({ windowsOptions }, at) =>
    windowsOptions?.hostProcess
      ? [{ field: `${at}.windowsOptions.hostProcess`, what: 'is true: it runs directly on the node' }]
      : [],
  ),
  samples: {
    good: [workload()],
    bad: [workload({ securityContext: { windowsOptions: { hostProcess: true } } })],
    alsoBad: [[secured({ windowsOptions: { hostProcess: true } })]],
    nearMisses: [[workload({ securityContext: { windowsOptions: { hostProcess: false } } })]],
  },
});

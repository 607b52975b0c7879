import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

export const noSharedProcesses = rule({
  id: 'no-shared-processes',
  why: "a container that sees other containers' processes can read their environment and files, including secrets",
  source: 'Kubernetes documentation, Share Process Namespace between Containers in a Pod',
  fix: 'remove shareProcessNamespace; share a volume instead',
  severity: 'warning',
  check: eachPod(({ spec, at }) =>
    spec.shareProcessNamespace
      ? [{ field: `${at}.shareProcessNamespace`, what: "is true: containers see each other's processes" }]
      : [],
  ),
  samples: {
    good: [workload()],
    bad: [workload({ shareProcessNamespace: true })],
    alsoBad: [[workload({ shareProcessNamespace: true }, { kind: 'CronJob' })]],
    nearMisses: [[workload({ shareProcessNamespace: false })]],
  },
});

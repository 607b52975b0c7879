import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

export const ownAccount = rule({
  id: 'own-account',
  why: 'a right for one pod would apply to all pods with the default account',
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.5',
  fix: 'create a ServiceAccount and set it in serviceAccountName',
  severity: 'critical',
  check: eachPod(({ spec, at }) => {
    const account = spec.serviceAccountName ?? spec.serviceAccount ?? 'default';
    return account === 'default'
      ? [{ field: `${at}.serviceAccountName`, what: "is 'default', the account of the whole namespace" }]
      : [];
  }),
  samples: {
    good: [workload()],
    bad: [workload({ serviceAccountName: 'default' })],
    alsoBad: [[workload({ serviceAccountName: undefined })]],
    nearMisses: [[workload({ serviceAccountName: undefined, serviceAccount: 'users' })]],
  },
});

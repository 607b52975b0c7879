import { sibling } from '../../context.ts';
import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { sample, workload } from '../../samples.ts';

export const knownAccount = rule({
  id: 'known-account',
  why: 'a pod with a missing account is never created, and another user may create the account with other rights',
  source: 'Kubernetes documentation, Configure Service Accounts for Pods',
  fix: 'create the ServiceAccount with the pods',
  severity: 'warning',
  sees: 'environment',
  check: eachPod(({ spec, at }, object, context) => {
    const { serviceAccountName: account = 'default' } = spec;
    const known = account === 'default' || sibling(object, 'ServiceAccount', account, context) !== undefined;
    return known
      ? []
      : [{ field: `${at}.serviceAccountName`, what: `is '${account}', which is not in this environment` }];
  }),
  samples: {
    good: [workload(), sample('v1', 'ServiceAccount', 'users')],
    bad: [workload(), sample('v1', 'ServiceAccount', 'orders')],
    nearMisses: [[workload({ serviceAccountName: 'default' })]],
    alsoBad: [
      [workload(), { ...sample('v1', 'ServiceAccount', 'users'), metadata: { name: 'users', namespace: 'other' } }],
    ],
  },
});

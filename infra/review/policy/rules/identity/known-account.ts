import { sibling } from '../../context.ts';
import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { sample, workload } from '../../samples.ts';

export const knownAccount = rule({
  id: 'known-account',
  why: 'a pod whose account is missing is never made, and the account may be made by somebody else with rights of his choice',
  source: 'Kubernetes documentation, Configure Service Accounts for Pods',
  fix: 'make the ServiceAccount beside the pods',
  severity: 'warning',
  sees: 'environment',
  check: eachPod(({ spec, at }, object, context) => {
    const { serviceAccountName: account = 'default' } = spec;
    const known = account === 'default' || sibling(object, 'ServiceAccount', account, context) !== undefined;
    return known ? [] : [{ field: `${at}.serviceAccountName`, what: `is '${account}', which nothing here makes` }];
  }),
  samples: {
    good: [workload(), sample('v1', 'ServiceAccount', 'users')],
    bad: [workload(), sample('v1', 'ServiceAccount', 'orders')],
    alsoGood: [[workload({ serviceAccountName: 'default' })]],
  },
});

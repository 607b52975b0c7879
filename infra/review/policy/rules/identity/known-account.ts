import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { sample, workload } from '../../samples.ts';
import { neighbour } from '../../context.ts';

export const knownAccount = rule({
  id: 'known-account',
  why: 'a pod whose account is missing is never made, and the account may be made by somebody else with rights of his choice',
  source: 'Kubernetes documentation, Configure Service Accounts for Pods',
  mend: 'make the ServiceAccount beside the pods',
  severity: 'caution',
  sees: 'environment',
  check: eachPod(({ spec, at }, object, scene) => {
    const { serviceAccountName: account = 'default' } = spec;
    const known = account === 'default' || neighbour(object, 'ServiceAccount', account, scene) !== undefined;
    return known ? [] : [{ field: `${at}.serviceAccountName`, what: `is '${account}', which nothing here makes` }];
  }),
  samples: {
    good: [workload(), sample('v1', 'ServiceAccount', 'users')],
    bad: [workload(), sample('v1', 'ServiceAccount', 'orders')],
  },
});

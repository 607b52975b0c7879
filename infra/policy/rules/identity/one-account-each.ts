import { eachRunningPod, podOf, RUNNING } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

const other = (account: string) => {
  const orders = workload({ serviceAccountName: account });
  return { ...orders, metadata: { ...orders.metadata, name: 'orders' } };
};

export const oneAccountEach = rule({
  id: 'one-account-each',
  why: 'two workloads with one account are one to all that ask who calls: certificates, rights and allow lists',
  source: 'NSA/CISA Kubernetes Hardening Guide, Authentication and authorization; SPIFFE-ID, section 2',
  mend: 'give each workload a ServiceAccount of its own',
  severity: 'caution',
  sees: 'environment',
  check: eachRunningPod(({ spec, at }, object, { objects }) => {
    const account = spec.serviceAccountName;
    const twin = objects.find(
      (one) =>
        one !== object && RUNNING.includes(one.kind) && one.metadata.namespace === object.metadata.namespace && podOf(one)?.spec.serviceAccountName === account,
    );
    return twin === undefined || account === undefined
      ? []
      : [{ field: `${at}.serviceAccountName`, what: `is '${account}', as for ${twin.kind}/${twin.metadata.name}` }];
  }),
  samples: { good: [workload(), other('orders')], bad: [workload(), other('users')] },
});

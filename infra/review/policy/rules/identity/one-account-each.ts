import { derived, grouping } from '../../context.ts';
import { eachRunningPod, podOf, RUNNING } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

const other = (account: string) => {
  const orders = workload({ serviceAccountName: account });
  return { ...orders, metadata: { ...orders.metadata, name: 'orders' } };
};

/** What runs, by the account that it runs as. */
const byAccount = grouping((object) =>
  RUNNING.includes(object.kind) ? [`${object.metadata.namespace}/${podOf(object)?.spec.serviceAccountName}`] : [],
);

export const oneAccountEach = rule({
  id: 'one-account-each',
  why: 'two workloads with one account are one to all that ask who calls: certificates, rights and allow lists',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Authentication and authorization; SPIFFE-ID, section 2',
  fix: 'give each workload a ServiceAccount of its own',
  severity: 'warning',
  sees: 'environment',
  check: eachRunningPod(({ spec, at }, object, context) => {
    const account = spec.serviceAccountName;
    const duplicate = derived(context, byAccount)
      .get(`${object.metadata.namespace}/${account}`)
      ?.find((one) => one !== object);
    return duplicate === undefined || account === undefined
      ? []
      : [
          {
            field: `${at}.serviceAccountName`,
            what: `is '${account}', as for ${duplicate.kind}/${duplicate.metadata.name}`,
          },
        ];
  }),
  samples: { good: [workload(), other('orders')], bad: [workload(), other('users')] },
});

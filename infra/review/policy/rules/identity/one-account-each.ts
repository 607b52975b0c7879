import type { Manifest } from '@groundwork/constructs';
import { derived, grouping } from '../../context.ts';
import { eachRunningPod, podOf, RUNNING } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

const other = (account: string) => {
  const orders = workload({ serviceAccountName: account });
  return { ...orders, metadata: { ...orders.metadata, name: 'orders' } };
};
const elsewhere = (object: Manifest) => ({ ...object, metadata: { ...object.metadata, namespace: 'other' } });

/** Workloads by their account. */
const byAccount = grouping((object) =>
  RUNNING.includes(object.kind) ? [`${object.metadata.namespace}/${podOf(object)?.spec.serviceAccountName}`] : [],
);

export const oneAccountEach = rule({
  id: 'one-account-each',
  why: 'certificates, rights and allow lists cannot distinguish two workloads with one account',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Authentication and authorization; SPIFFE-ID, section 2',
  fix: 'create a separate ServiceAccount for each workload',
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
            what: `is '${account}', the same as for ${duplicate.kind}/${duplicate.metadata.name}`,
          },
        ];
  }),
  samples: {
    good: [workload(), other('orders')],
    bad: [workload(), other('users')],
    alsoBad: [[workload(), other('users'), other('orders')]],
    nearMisses: [[workload(), elsewhere(other('users'))]],
  },
});

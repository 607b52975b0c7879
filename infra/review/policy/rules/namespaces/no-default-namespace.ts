import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const inNamespace = (namespace?: string) => ({
  ...sample('v1', 'ConfigMap', 'users'),
  metadata: { name: 'users', ...(namespace === undefined ? {} : { namespace }) },
});

/** Known cluster-scoped kinds. An object of another kind without a namespace is created in `default`. */
const CLUSTER_WIDE = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'StorageClass',
  'PersistentVolume',
  'PriorityClass',
  'IngressClass',
  'RuntimeClass',
  'CSIDriver',
  'APIService',
  'ClusterIssuer',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

export const noDefaultNamespace = rule({
  id: 'no-default-namespace',
  why: 'the default namespace has no owner, no quota and no network policy',
  source: 'CIS Kubernetes Benchmark v1.12, 5.6.1 and 5.6.4',
  fix: 'set the namespace of the system',
  severity: 'warning',
  check: ({ kind, metadata }) => {
    const namespace = metadata.namespace ?? (CLUSTER_WIDE.has(kind) ? undefined : 'default');
    return namespace === 'default'
      ? [
          {
            field: 'metadata.namespace',
            what: metadata.namespace ? "is 'default'" : "is not set, which means 'default'",
          },
        ]
      : [];
  },
  samples: {
    good: [inNamespace('town')],
    bad: [inNamespace()],
    alsoBad: [[inNamespace('default')]],
    nearMisses: [[inNamespace('default-town')], [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'town' } }]],
  },
});

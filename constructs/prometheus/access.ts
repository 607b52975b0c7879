import type { Construct } from 'constructs';
import { labelsOf, object } from '../kubernetes/object.ts';

const API = 'rbac.authorization.k8s.io';
const FIND = ['get', 'list', 'watch'];

export interface AccessProps {
  readonly account: string;
  readonly namespace: string;
  readonly system: string;
}

/** Creates the service account, without permissions in the cluster. */
export function makeAccount(scope: Construct, { account, namespace, system }: AccessProps): void {
  const metadata = { name: account, namespace, labels: labelsOf(system, account) };
  object(scope, 'account', 'prometheus', 'ServiceAccount', { metadata, automountServiceAccountToken: false });
}

/**
 * Permissions to scrape kubelets and API servers: to read metrics, and for discovery, to list nodes and the addresses of
 * API servers. Not `nodes/proxy`, which also allows running commands in any pod.
 * Names of cluster-wide objects contain the namespace, so that environments can share a cluster.
 */
export function makeClusterAccess(
  scope: Construct,
  { account, namespace, system }: AccessProps,
  discovers: boolean,
): void {
  const origin = 'prometheus.cluster';
  const name = `${namespace}-${account}`;
  const labels = labelsOf(system, account);
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  object(scope, 'cluster-role', origin, 'ClusterRole', {
    metadata: { name, labels },
    rules: [
      ...(discovers ? [{ apiGroups: [''], resources: ['nodes'], verbs: FIND }] : []),
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ],
  });
  object(scope, 'cluster-binding', origin, 'ClusterRoleBinding', {
    metadata: { name, labels },
    roleRef: { apiGroup: API, kind: 'ClusterRole', name },
    subjects,
  });
  if (!discovers) return;
  object(scope, 'api-server-role', origin, 'Role', {
    metadata: { name, namespace: 'default', labels },
    rules: [
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: FIND },
      { apiGroups: [''], resources: ['services', 'pods'], verbs: FIND },
    ],
  });
  object(scope, 'api-server-binding', origin, 'RoleBinding', {
    metadata: { name, namespace: 'default', labels },
    roleRef: { apiGroup: API, kind: 'Role', name },
    subjects,
  });
}

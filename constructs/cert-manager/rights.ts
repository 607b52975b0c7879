import type { Construct } from 'constructs';
import type { PolicyRule } from 'kubernetes-types/rbac/v1.d.ts';
import { object } from '../kubernetes/object.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['update', 'patch'];
const core = (resources: string[], verbs: string[]): PolicyRule => ({ apiGroups: [''], resources, verbs });
const own = (resources: string[], verbs: string[]): PolicyRule => ({
  apiGroups: ['cert-manager.io'],
  resources,
  verbs,
});

/**
 * Cluster-wide permissions of each program: only those that CA issuers and ClusterIssuers need, none for ACME, Ingress
 * or Gateway.
 */
const CLUSTER: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cert-manager': [
    own(
      [
        'certificates',
        'certificates/status',
        'certificaterequests',
        'certificaterequests/status',
        'issuers',
        'issuers/status',
        'clusterissuers',
        'clusterissuers/status',
      ],
      [...READ, ...WRITE],
    ),
    own(['certificaterequests'], ['create', 'delete']),
    own(['certificates/finalizers', 'certificaterequests/finalizers'], ['update']),
    {
      apiGroups: ['cert-manager.io'],
      resources: ['signers'],
      verbs: ['approve'],
      resourceNames: ['issuers.cert-manager.io/*', 'clusterissuers.cert-manager.io/*'],
    },
    // The metrics of the public image list these in any case.
    { apiGroups: ['acme.cert-manager.io'], resources: ['challenges', 'orders'], verbs: READ },
    core(['secrets'], [...READ, 'create', 'delete', ...WRITE]),
    core(['events'], ['create', 'patch']),
  ],
  'cert-manager-webhook': [
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ],
  'cert-manager-cainjector': [
    own(['certificates'], READ),
    core(['secrets'], READ),
    core(['events'], ['create', 'patch']),
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
      verbs: [...READ, ...WRITE],
    },
  ],
};

const lease: PolicyRule = {
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  verbs: ['get', 'create', ...WRITE],
};

/** Permissions of each program in its namespace. */
const NAMESPACED: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cert-manager': [lease],
  'cert-manager-webhook': [core(['secrets'], [...READ, 'create', ...WRITE])],
  'cert-manager-cainjector': [lease],
};

/** RBAC of one program's service account, which has the name of the program. */
export function grant(scope: Construct, account: string, namespace: string, labels: Record<string, string>): void {
  const origin = 'cert-manager';
  const metadata = { name: account, labels };
  const inNamespace = { ...metadata, namespace };
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  const roleRef = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: account });
  object(scope, 'cluster-role', origin, 'ClusterRole', { metadata, rules: [...(CLUSTER[account] ?? [])] });
  object(scope, 'cluster-role-binding', origin, 'ClusterRoleBinding', {
    metadata,
    roleRef: roleRef('ClusterRole'),
    subjects,
  });
  object(scope, 'role', origin, 'Role', { metadata: inNamespace, rules: [...(NAMESPACED[account] ?? [])] });
  object(scope, 'role-binding', origin, 'RoleBinding', { metadata: inNamespace, roleRef: roleRef('Role'), subjects });
}

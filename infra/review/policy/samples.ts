import type { Manifest } from '@groundwork/constructs';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';

/** Objects for rules' samples. A pod of `workload()` follows the rules except in the given fields. */

const labels = { 'app.kubernetes.io/name': 'users', 'app.kubernetes.io/part-of': 'town' };
const digest = `sha256:${'a'.repeat(64)}`;

const pod: PodSpec = {
  serviceAccountName: 'users',
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 30,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [],
};

const container: Container = {
  name: 'users',
  image: `registry.example/town/users:1.0.0@${digest}`,
  ports: [{ name: 'http', containerPort: 8080 }],
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
  startupProbe: { httpGet: { path: '/live', port: 'http' } },
  readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
  livenessProbe: { httpGet: { path: '/live', port: 'http' } },
  lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
};

/** Fields that replace those of a good object; undefined removes one. */
type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Any object of the namespace `town`. */
export function sample(apiVersion: string, kind: string, name: string, rest: object = {}): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: 'town' }, ...rest };
}

/** A role with one rule: reading pods, except in these fields. */
export function role(kind: 'Role' | 'ClusterRole', rule: object): Manifest {
  return sample('rbac.authorization.k8s.io/v1', kind, 'users', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule }],
  });
}

/** A workload whose pods differ from good ones in these fields. */
export function workload(
  spec: Changes<Omit<PodSpec, 'containers'>> & { readonly containers?: readonly Changes<Container>[] } = {},
  of: { kind?: string; replicas?: number; fields?: object } = {},
): Manifest {
  const { kind = 'Deployment', replicas = 1, fields = {} } = of;
  const template = { metadata: { labels }, spec: { ...pod, containers: [container], ...spec } };
  if (kind === 'CronJob')
    return sample('batch/v1', kind, 'users', { spec: { jobTemplate: { spec: { template } }, ...fields } });
  if (kind === 'Job') return sample('batch/v1', kind, 'users', { spec: { template, ...fields } });
  return sample('apps/v1', kind, 'users', {
    spec: { replicas, selector: { matchLabels: labels }, template, ...fields },
  });
}

/** A workload whose container differs from a good one in these fields. */
export function containing(fields: Changes<Container>, of: Parameters<typeof workload>[1] = {}): Manifest {
  return workload({ containers: [{ ...container, ...fields }] }, of);
}

/** A workload whose container has these additional fields in its security context. */
export function secured(fields: object): Manifest {
  return containing({ securityContext: { ...container.securityContext, ...fields } });
}

/** Selector of the pods of `workload`. */
export const podSelector = { matchLabels: labels };

import type { Construct } from 'constructs';
import { labelsOf, object } from '../kubernetes/object.ts';
import type { Resources } from '../kubernetes/resources.ts';
import { cpuQuantity, millicores, sizeQuantity } from '../kubernetes/units.ts';
import type { Quota } from './quota.ts';

/** Version of the Pod Security Standards. Pinned, so that a newer cluster accepts the same pods. */
const POD_SECURITY = 'v1.36';

export interface NamespaceProps {
  readonly name: string;
  readonly system: string;
  /** Environment, recorded as a label so that a second one is rejected. @default none: the namespace serves the whole cluster */
  readonly environment?: string;
  readonly quota: Quota;
  /** Default requests and limits of containers. */
  readonly containerDefaults: Resources;
}

/** A namespace with Pod Security `restricted`, a quota, and default requests and limits. */
export function makeNamespace(
  scope: Construct,
  { name, system, environment, quota, containerDefaults }: NamespaceProps,
): void {
  const levels = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, POD_SECURITY],
  ]);
  const labels = labelsOf(system, name);
  object(scope, 'namespace', 'platform.namespace', 'Namespace', {
    metadata: {
      name,
      labels: {
        ...labels,
        ...Object.fromEntries(levels),
        ...(environment === undefined ? {} : { 'groundwork/environment': environment }),
      },
    },
  });
  object(scope, 'quota', 'platform.quota', 'ResourceQuota', {
    metadata: { name: system, namespace: name, labels },
    spec: {
      hard: {
        'requests.cpu': cpuQuantity(quota.cpu),
        'requests.memory': sizeQuantity(quota.memory),
        'limits.memory': sizeQuantity(quota.memory),
        'requests.storage': sizeQuantity(quota.storage),
        pods: `${quota.pods}`,
      },
    },
  });
  const defaults = {
    cpu: cpuQuantity(millicores(containerDefaults.cpu)),
    memory: sizeQuantity(containerDefaults.memory),
  };
  object(scope, 'limits', 'platform.containerDefaults', 'LimitRange', {
    metadata: { name: system, namespace: name, labels },
    spec: { limits: [{ type: 'Container', defaultRequest: defaults, default: { memory: defaults.memory } }] },
  });
}

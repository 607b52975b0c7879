import type { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1.d.ts';
import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import { checksum } from '../checksum.ts';
import { hardenedContainer, hardenedPod } from '../hardening.ts';
import type { Identity } from '../identity/index.ts';
import { labelsOf } from '../labels.ts';
import { secretMounts } from '../mounts.ts';
import { object } from '../object.ts';
import { type Resources, requirements } from '../resources.ts';
import { Cpu, Size } from '../units.ts';
import { PROVISIONER, USER } from './places.ts';
import type { ConsulPlan } from './plan.ts';
import { secretFiles } from './secrets.ts';

/** What the provisioning pod asks for: it runs for seconds. */
export const JOB_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(128) };

export interface ProvisioningProps {
  readonly system: string;
  /** Image of the provisioner. */
  readonly image: string;
  readonly plan: ConsulPlan;
  readonly identity: Identity;
}

/** A Job that makes Consul's rights and login agree with the contracts. */
export function provision(scope: Construct, { system, image, plan, identity }: ProvisioningProps): void {
  const cause = 'contracts › name, calls';
  const labels = labelsOf(system, PROVISIONER);
  const metadata = { name: PROVISIONER, namespace: plan.namespace, labels };
  const text = `${JSON.stringify(plan, undefined, 2)}\n`;
  object<ConfigMap>(scope, 'plan', cause, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'consul.json': text } });
  const files = [...identity.files(), ...secretFiles('management', 'agent', 'probe', 'snapshot', 'metrics', 'reviewer', 'cluster-ca')];
  const { volumes, volumeMounts } = secretMounts(PROVISIONER, '', files);
  const spec: NonNullable<Job['spec']> = {
    backoffLimit: 10,
    template: {
      metadata: { labels },
      spec: {
        restartPolicy: 'OnFailure',
        serviceAccountName: identity.account,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: hardenedPod(USER),
        containers: [
          {
            name: 'provision',
            image,
            command: ['node', 'services/provisioner/consul.ts', '/config/consul.json'],
            resources: requirements(JOB_RESOURCES),
            securityContext: hardenedContainer,
            terminationMessagePolicy: 'FallbackToLogsOnError', // what Consul said, for `status`
            volumeMounts: [...volumeMounts, { name: 'config', mountPath: '/config', readOnly: true }],
          },
        ],
        volumes: [...volumes, { name: 'config', configMap: { name: PROVISIONER } }],
      },
    },
  };
  object<Job>(scope, 'job', cause, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    // A Job can't be changed, so another job has another name; the same inputs find the finished one and run nothing.
    metadata: { ...metadata, name: `${PROVISIONER}-${checksum(text, JSON.stringify(spec))}` },
    spec,
  });
}

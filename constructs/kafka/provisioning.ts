import type { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1.d.ts';
import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { checksum } from '../checksum.ts';
import { hardenedContainer, hardenedPod } from '../hardening.ts';
import type { Identity } from '../identity/index.ts';
import { labelsOf, selectorOf } from '../labels.ts';
import { secretMounts } from '../mounts.ts';
import { object } from '../object.ts';
import { type Resources, requirements } from '../resources.ts';
import { Cpu, Size } from '../units.ts';
import { CLIENT_PORT, KAFKA, PROVISIONER, USER } from './places.ts';
import type { Plan } from './plan.ts';

/** What the provisioning pod asks for: it runs for seconds. */
export const JOB_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(128) };

export interface ProvisioningProps {
  readonly namespace: string;
  readonly system: string;
  /** Image of the provisioner. */
  readonly image: string;
  /** Brokers to ask first, `host:port`. */
  readonly bootstrap: string;
  readonly plan: Plan;
  /** Who the Job is to the brokers: a super user. */
  readonly identity: Identity;
}

/** A Job that makes topics, rights and quotas of the cluster agree with the contracts. */
export function provision(scope: Construct, props: ProvisioningProps): void {
  const { namespace, system, plan, bootstrap } = props;
  const cause = 'contracts › publishes, consumes';
  const labels = labelsOf(system, PROVISIONER);
  const metadata = { name: PROVISIONER, namespace, labels };
  const text = `${JSON.stringify({ brokers: [bootstrap], ...plan }, undefined, 2)}\n`;
  object<ConfigMap>(scope, 'plan', cause, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'kafka.json': text } });
  object<NetworkPolicy>(scope, 'network', cause, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: { matchLabels: selectorOf(system, PROVISIONER) },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: selectorOf(system, KAFKA) } }], ports: [{ protocol: 'TCP', port: CLIENT_PORT }] }],
    },
  });
  const spec = jobSpec(props, labels);
  object<Job>(scope, 'job', cause, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    // A Job can't be changed, so another job has another name; the same inputs find the finished one and run nothing.
    metadata: { ...metadata, name: `${PROVISIONER}-${checksum(text, JSON.stringify(spec))}` },
    spec,
  });
}

function jobSpec({ image, identity }: ProvisioningProps, labels: Record<string, string>): NonNullable<Job['spec']> {
  const { volumes, volumeMounts } = secretMounts(PROVISIONER, '', identity.files());
  return {
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
            command: ['node', 'services/provisioner/kafka.ts', '/config/kafka.json'],
            resources: requirements(JOB_RESOURCES),
            securityContext: hardenedContainer,
            terminationMessagePolicy: 'FallbackToLogsOnError', // what the broker said, for `status`
            volumeMounts: [...volumeMounts, { name: 'config', mountPath: '/config', readOnly: true }],
          },
        ],
        volumes: [...volumes, { name: 'config', configMap: { name: PROVISIONER } }],
      },
    },
  };
}

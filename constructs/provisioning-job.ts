import type { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1.d.ts';
import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import { checksum } from './checksum.ts';
import { closedPod, hardenedContainer } from './hardening.ts';
import type { Identity } from './identity/index.ts';
import { labelsOf } from './labels.ts';
import { secretMounts } from './mounts.ts';
import { object } from './object.ts';
import { type Resources, requirements } from './resources.ts';
import type { SecretFile } from './secret-file.ts';
import { Cpu, Size } from './units.ts';

/** What the Job's pod asks for: it runs for seconds. */
export const PROVISIONING_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(128) };

/** User of the provisioner's image. */
const USER = 1000;

export interface ProvisioningJobProps {
  /** Of the ConfigMap, and how the Job's name begins. */
  readonly name: string;
  readonly namespace: string;
  readonly system: string;
  /** The part of the contracts that it comes from. */
  readonly cause: string;
  /** Image of the provisioner. */
  readonly image: string;
  /** Program of the image and its plan's file: `kafka` is `kafka.ts`, which reads `kafka.json`. */
  readonly program: string;
  /** What the program shall make true; JSON as it is. */
  readonly plan: unknown;
  /** Who the Job is to the system. */
  readonly identity: Identity;
  /** Secrets that it reads besides its certificate. @default none */
  readonly files?: readonly SecretFile[];
}

/** A Job that makes a system agree with the contracts, anew for each plan. */
export function provisioningJob(scope: Construct, props: ProvisioningJobProps): void {
  const { name, namespace, system, cause, program, plan } = props;
  const metadata = { name, namespace, labels: labelsOf(system, name) };
  const text = `${JSON.stringify(plan, undefined, 2)}\n`;
  object<ConfigMap>(scope, 'plan', cause, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [`${program}.json`]: text } });
  const spec = jobSpec(props, metadata.labels);
  object<Job>(scope, 'job', cause, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    // A Job can't be changed, so another job has another name; the same inputs find the finished one and run nothing.
    metadata: { ...metadata, name: `${name}-${checksum(text, JSON.stringify(spec))}` },
    spec,
  });
}

function jobSpec({ name, image, program, identity, files = [] }: ProvisioningJobProps, labels: Record<string, string>): NonNullable<Job['spec']> {
  const { volumes, volumeMounts } = secretMounts(name, '', [...identity.files(), ...files]);
  return {
    backoffLimit: 10,
    template: {
      metadata: { labels },
      spec: {
        restartPolicy: 'OnFailure',
        ...closedPod(identity.account, USER),
        containers: [
          {
            name: 'provision',
            image,
            command: ['node', `services/provisioner/${program}.ts`, `/config/${program}.json`],
            resources: requirements(PROVISIONING_RESOURCES),
            securityContext: hardenedContainer,
            terminationMessagePolicy: 'FallbackToLogsOnError', // what the system said, for `status`
            volumeMounts: [...volumeMounts, { name: 'config', mountPath: '/config', readOnly: true }],
          },
        ],
        volumes: [...volumes, { name: 'config', configMap: { name } }],
      },
    },
  };
}

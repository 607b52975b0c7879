import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1.d.ts';
import type { EnvVar, ResourceRequirements, Volume, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type { Identity } from '../identity/index.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { type SecretFile, secretMounts } from '../kubernetes/mounts.ts';
import { checksum, labelsOf, object } from '../kubernetes/object.ts';
import { recordOrigin } from '../kubernetes/origin.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';

/** Resources of the Job's pod, which runs for seconds. */
export const PROVISIONING_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(128) };

/** UID of the provisioner's image. */
const USER = 1000;

export interface ProvisioningJobProps {
  /** Name of the ConfigMap, and prefix of the Job's name. */
  readonly name: string;
  readonly namespace: string;
  readonly system: string;
  /** Contract field or prop, see `explain`. */
  readonly origin: string;
  /** Image of the provisioner. */
  readonly image: string;
  /** Program of the image, and name of its desired state: `kafka` is `kafka.ts`, which reads `kafka.json`. */
  readonly program: string;
  /** Desired state of the program, as JSON. */
  readonly desiredState: unknown;
  /** Identity of the Job. */
  readonly identity: Identity;
  /** Secrets in addition to its certificate. @default none */
  readonly files?: readonly SecretFile[];
}

/** A Job that reconciles a system with the contracts; a new Job runs for each desired state. */
export function provisioningJob(scope: Construct, props: ProvisioningJobProps): void {
  const { name, namespace, system, origin, image, program, desiredState, identity, files = [] } = props;
  const metadata = { name, namespace, labels: labelsOf(system, name) };
  const text = `${JSON.stringify(desiredState, undefined, 2)}\n`;
  object(scope, 'plan', origin, 'ConfigMap', { metadata, data: { [`${program}.json`]: text } });
  const { volumes, volumeMounts } = secretMounts(name, '', [...identity.files(), ...files]);
  jobForContent(scope, origin, metadata, text, {
    account: identity.account,
    user: USER,
    container: {
      image,
      command: ['node', `infra/provisioner/${program}.ts`, `/config/${program}.json`],
      resources: requirements(PROVISIONING_RESOURCES),
      volumeMounts: [...volumeMounts, { name: 'config', mountPath: '/config', readOnly: true }],
    },
    volumes: [...volumes, { name: 'config', configMap: { name } }],
  });
}

/** Container and files of a provisioning Job. */
export interface ProvisioningPod {
  readonly account: string;
  readonly user: number;
  readonly container: {
    readonly image: string;
    readonly command: string[];
    readonly env?: EnvVar[];
    readonly resources: ResourceRequirements;
    readonly volumeMounts: VolumeMount[];
  };
  readonly volumes: Volume[];
}

/**
 * A Job that runs once for each content.
 * @param metadata its name is the prefix of the Job's name
 * @param content what the pod reads; its checksum is part of the name
 */
export function jobForContent(
  scope: Construct,
  origin: string,
  metadata: Metadata,
  content: string,
  { account, user, container, volumes }: ProvisioningPod,
): void {
  const { image, command, env, resources, volumeMounts } = container;
  const spec: NonNullable<Job['spec']> = {
    backoffLimit: 10,
    template: {
      metadata: { labels: metadata.labels },
      spec: {
        restartPolicy: 'OnFailure',
        ...isolatedPod(account, user),
        containers: [
          {
            name: 'provision',
            image,
            command,
            ...(env === undefined ? {} : { env }),
            resources,
            securityContext: hardenedContainer,
            terminationMessagePolicy: 'FallbackToLogsOnError', // the last output of the system, for `status`
            volumeMounts,
          },
        ],
        volumes,
      },
    },
  };
  recordOrigin(
    new JobForContent(scope, 'job', { apiVersion: 'batch/v1', kind: 'Job', metadata, spec }, content),
    origin,
  );
}

/**
 * A Job is immutable, so another content or spec, also one that is patched, has another name; the same matches the
 * finished Job, and nothing runs.
 */
class JobForContent extends ApiObject {
  readonly #content: string;

  public constructor(scope: Construct, id: string, props: ApiObjectProps, content: string) {
    super(scope, id, props);
    this.#content = content;
  }

  public override toJson(): { readonly metadata: object; readonly spec: unknown } {
    const json = super.toJson();
    const name = `${this.name}-${checksum(this.#content, JSON.stringify(json.spec))}`;
    return { ...json, metadata: { ...json.metadata, name } };
  }
}

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

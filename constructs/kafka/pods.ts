import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { Container, EnvVar, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type { Identity } from '../identity/index.ts';
import { dataVolume } from '../kubernetes/data-volume.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import { Cpu, millicores, Size } from '../kubernetes/units.ts';
import {
  CLIENT_PORT,
  CONFIG,
  CONTROLLER_PORT,
  DATA,
  KAFKA,
  METRICS_PORT,
  PROBE_PORT,
  REPLICATION_PORT,
  USER,
} from './constants.ts';
import { heap } from './settings.ts';
import { type StartProps, startScript } from './start-script.ts';

/** Sidecar of each node: readiness from the state of the cluster, and metrics with mutual TLS. */
const KEEPER_RESOURCES: Resources = { cpu: Cpu.millis(20), memory: Size.mebibytes(128) };

/** Pods of one kind: brokers, controllers, or combined nodes. */
export interface NodesProps extends StartProps {
  /** Name of the StatefulSet, the ConfigMap and the pods. */
  readonly name: string;
  /** Name of the headless Service. */
  readonly service: string;
  readonly replicas: number;
  readonly image: string;
  readonly provisioner: string;
  readonly identity: Identity;
  readonly resources: Resources;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  /** True if two pods must not share a node. */
  readonly apart: boolean;
  /** Roles of the node, which determine its ports. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

export const BROKER_PORTS = [
  { name: 'clients', port: CLIENT_PORT },
  { name: 'replication', port: REPLICATION_PORT },
];
export const CONTROLLER_PORTS = [{ name: 'controller', port: CONTROLLER_PORT }];

/** Resources of a whole pod: the node and its sidecar. */
export function podResources({ cpu, memory }: Resources): Resources {
  return {
    cpu: Cpu.millis(millicores(cpu) + millicores(KEEPER_RESOURCES.cpu)),
    memory: Size.kibibytes(memory.toKibibytes() + KEEPER_RESOURCES.memory.toKibibytes()),
  };
}

/**
 * StatefulSet of the nodes.
 * @param inputs checksum of the files that a pod reads only at start
 */
export function statefulSet(
  props: NodesProps,
  labels: Record<string, string>,
  selector: Record<string, string>,
  inputs: string,
): NonNullable<StatefulSet['spec']> {
  const { name, service, replicas, identity, apart } = props;
  const certificate = secretMounts(name, '', identity.files());
  return {
    serviceName: service,
    replicas,
    // A node becomes ready only with others, so all must start in parallel; an update still replaces one at a time.
    podManagementPolicy: 'Parallel',
    // The stopped controller may be the leader: brokers need time to find the next one and report to it.
    ...(props.role === 'controller' ? { minReadySeconds: 30 } : {}),
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels, annotations: { 'groundwork/inputs': inputs } },
      spec: {
        ...isolatedPod(identity.account, USER),
        // Before it stops, a broker transfers partition leadership and flushes its logs.
        terminationGracePeriodSeconds: 180,
        topologySpreadConstraints: spreadConstraints({ nodes: apart ? 'required' : 'preferred' }, selector),
        // A sidecar that starts before the node and stops after it.
        initContainers: [{ ...sidecar(props, certificate.volumeMounts), restartPolicy: 'Always' }],
        containers: [node(props, certificate.volumeMounts)],
        volumes: [
          ...certificate.volumes,
          { name: 'config', configMap: { name } },
          { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
        ],
      },
    },
    volumeClaimTemplates: [dataVolume(props, selector)],
  };
}

const POD_NAME: EnvVar = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };

function node(props: NodesProps, certificate: readonly VolumeMount[]): Container {
  const { image, resources, ports, role } = props;
  const mebibytes = heap(resources.memory).toMebibytes();
  const ready = { httpGet: { path: '/healthz/ready', port: PROBE_PORT }, timeoutSeconds: 8 };
  const listens = { tcpSocket: { port: role === 'broker' ? 'clients' : 'controller' }, timeoutSeconds: 3 };
  return {
    name: KAFKA,
    image,
    command: ['sh', '-euc', startScript(props)],
    env: [
      POD_NAME,
      // Kubernetes 1.35 and later copy the zone of the node to a pod label; before, and without zones, it is empty.
      { name: 'RACK', valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/zone']" } } },
      { name: 'HEAP', value: `${mebibytes}m` },
    ],
    ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
    resources: requirements(resources),
    securityContext: hardenedContainer,
    terminationMessagePolicy: 'FallbackToLogsOnError', // the reason why it does not start, for `status`
    // Half an hour: after a crash, a broker recovers the last segment of each partition.
    startupProbe: { ...listens, periodSeconds: 3, failureThreshold: 600 },
    readinessProbe: { ...ready, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...listens, periodSeconds: 30, failureThreshold: 4 },
    volumeMounts: [
      { name: 'data', mountPath: DATA },
      { name: 'config', mountPath: CONFIG, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      ...certificate,
    ],
  };
}

function sidecar(
  { provisioner, role, service, namespace }: NodesProps,
  certificate: readonly VolumeMount[],
): Container {
  return {
    name: 'metrics-proxy',
    image: provisioner,
    command: ['node', '--max-old-space-size=64', 'infra/provisioner/kafka-sidecar.ts'],
    env: [
      POD_NAME,
      { name: 'ROLE', value: role },
      { name: 'DOMAIN', value: `${service}.${namespace}.svc.cluster.local` },
      { name: 'CLIENT_PORT', value: `${CLIENT_PORT}` },
    ],
    ports: [
      { name: 'probe', containerPort: PROBE_PORT },
      { name: 'metrics', containerPort: METRICS_PORT },
    ],
    resources: requirements(KEEPER_RESOURCES),
    securityContext: hardenedContainer,
    volumeMounts: [...certificate],
  };
}

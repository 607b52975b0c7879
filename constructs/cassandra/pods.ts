import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { Container, EnvVar, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type { Identity } from '../identity/index.ts';
import { dataVolume } from '../kubernetes/data-volume.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { type Resources, requirements, together } from '../kubernetes/resources.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import {
  CASSANDRA,
  CLIENT_PORT,
  CONFIG,
  DATA,
  METRICS_PORT,
  PROBE_PORT,
  STORAGE_PORT,
  USER,
  VOLUME,
} from './constants.ts';
import { heap } from './settings.ts';
import { type StartProps, startScript } from './start-script.ts';

/** Sidecar of each node: probes, and metrics with mutual TLS. */
const SIDECAR_RESOURCES: Resources = { cpu: Cpu.millis(20), memory: Size.mebibytes(128) };

export interface NodesProps extends StartProps {
  readonly image: string;
  /** Image of the sidecar: Groundwork's provisioner. */
  readonly sidecar: string;
  readonly identity: Identity;
  readonly resources: Resources;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  /** True if two pods must not share a node. */
  readonly apart: boolean;
}

/** Resources of a whole pod: the node and its sidecar. */
export function podResources(node: Resources): Resources {
  return together(node, SIDECAR_RESOURCES);
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
  const { nodes, identity, apart } = props;
  const certificate = secretMounts(CASSANDRA, '', identity.files());
  return {
    serviceName: CASSANDRA,
    replicas: nodes,
    // With OrderedReady, a pod of a broken template would block its own replacement; the sidecar lets new nodes join one by one.
    podManagementPolicy: 'Parallel',
    // The others see a restarted node a few seconds after it serves clients; until then, a quorum may not count on it.
    ...(nodes > 1 ? { minReadySeconds: 30 } : {}),
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels, annotations: { 'groundwork/inputs': inputs } },
      spec: {
        ...isolatedPod(identity.account, USER),
        // On TERM, a node drains: it stops to serve clients, announces it to the others, and flushes its tables.
        terminationGracePeriodSeconds: 180,
        topologySpreadConstraints: spreadConstraints({ nodes: apart ? 'required' : 'preferred' }, selector),
        // A sidecar that starts before the node and stops after it.
        initContainers: [{ ...sidecar(props, certificate.volumeMounts), restartPolicy: 'Always' }],
        containers: [node(props, certificate.volumeMounts)],
        volumes: [
          ...certificate.volumes,
          { name: 'config', configMap: { name: CASSANDRA } },
          { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
        ],
      },
    },
    volumeClaimTemplates: [dataVolume(props, selector)],
  };
}

const POD_NAME: EnvVar = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };

function node(props: NodesProps, certificate: readonly VolumeMount[]): Container {
  const { image, resources } = props;
  const ready = { httpGet: { path: '/healthz/ready', port: PROBE_PORT }, timeoutSeconds: 8 };
  const listens = { tcpSocket: { port: 'storage' }, timeoutSeconds: 3 };
  return {
    name: CASSANDRA,
    image,
    command: ['sh', '-euc', startScript(props)],
    env: [
      POD_NAME,
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      // Kubernetes 1.35 and later copy the zone of the node to a pod label; before, and without zones, it is empty.
      { name: 'RACK', valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/zone']" } } },
      { name: 'HEAP', value: `${heap(resources.memory).toMebibytes()}m` },
    ],
    ports: [
      { name: 'clients', containerPort: CLIENT_PORT },
      { name: 'storage', containerPort: STORAGE_PORT },
    ],
    resources: requirements(resources),
    securityContext: hardenedContainer,
    terminationMessagePolicy: 'FallbackToLogsOnError', // the reason why it does not start, for `status`
    // Ten minutes to read the commit log after a crash. A node that joins listens already, however long that takes.
    startupProbe: { ...listens, periodSeconds: 3, failureThreshold: 200 },
    readinessProbe: { ...ready, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...listens, periodSeconds: 30, failureThreshold: 4 },
    volumeMounts: [
      { name: 'data', mountPath: VOLUME },
      { name: 'config', mountPath: CONFIG, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      ...certificate,
    ],
  };
}

function sidecar({ sidecar: image, host }: NodesProps, certificate: readonly VolumeMount[]): Container {
  return {
    name: 'metrics-proxy',
    image,
    command: ['node', '--max-old-space-size=64', 'infra/provisioner/cassandra-sidecar.ts'],
    env: [
      POD_NAME,
      { name: 'DOMAIN', value: host },
      { name: 'CLIENT_PORT', value: `${CLIENT_PORT}` },
      { name: 'DATA', value: DATA },
    ],
    ports: [
      { name: 'probe', containerPort: PROBE_PORT },
      { name: 'metrics', containerPort: METRICS_PORT },
    ],
    // The node starts once this probe succeeds: a new node waits for the one before it.
    startupProbe: {
      httpGet: { path: '/healthz/start', port: PROBE_PORT },
      timeoutSeconds: 8,
      periodSeconds: 2,
      failureThreshold: 900,
    },
    resources: requirements(SIDECAR_RESOURCES),
    securityContext: hardenedContainer,
    volumeMounts: [{ name: 'data', mountPath: VOLUME, readOnly: true }, ...certificate],
  };
}

import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Service } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { dataVolume } from '../kubernetes/data-volume.ts';
import { hardenedContainer, hardenedPod } from '../kubernetes/hardening.ts';
import { labelsOf, selectorOf } from '../kubernetes/labels.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { object } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import type { SecretFile } from '../kubernetes/secret-file.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import type { Duration, Size } from '../kubernetes/units.ts';
import type { Platform } from '../platform/index.ts';
import { retentionSize } from './retention.ts';

/** Name of the objects, of the service account and of the pods' label; one in an environment. */
export const PROMETHEUS = 'prometheus';
export const PROMETHEUS_PORT = 9090;
const USER = 65534;
const CONFIG = '/etc/prometheus/config';
export const RULES = '/etc/prometheus/rules';

/** Texts that are complete only when every target is known, which is after the constructor. */
export interface Contents {
  readonly config: () => Record<string, string>;
  readonly rules: () => Record<string, string>;
  /** Changes when one of them does. */
  readonly inputs: () => string;
  /** Secrets of targets and remote stores, and the identity. */
  readonly files: () => readonly SecretFile[];
}

export interface ServerProps {
  readonly platform: Platform;
  readonly image: string;
  readonly replicas: number;
  /** Whether it shows the pod's own token to kubelets and API server. */
  readonly asksKubernetes: boolean;
  readonly resources: Resources;
  readonly retention: Duration;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly contents: Contents;
}

/** Name in the certificate that Prometheus serves with. */
export function prometheusName({ namespace }: Platform): string {
  return `${PROMETHEUS}.${namespace}.svc.cluster.local`;
}

/** The pods of Prometheus with their volumes, configuration and address. */
export function makeServer(scope: Construct, props: ServerProps): void {
  const { platform, contents } = props;
  const { namespace, system } = platform;
  const metadata = { name: PROMETHEUS, namespace, labels: labelsOf(system, PROMETHEUS) };
  const selector = selectorOf(system, PROMETHEUS);
  const origin = 'prometheus';
  object<ConfigMap>(scope, 'config', 'prometheus (and every target)', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: later(contents.config),
  });
  object<ConfigMap>(scope, 'rules', 'prometheus (rules), and slo of the contracts', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, name: `${PROMETHEUS}-rules` },
    data: later(contents.rules),
  });
  object<Service>(scope, 'service', origin, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    // Each of a pair has scraped at its own moments: a reader stays with one, or its graphs would jump.
    spec: {
      selector,
      sessionAffinity: 'ClientIP',
      ports: [{ name: 'https', port: PROMETHEUS_PORT, targetPort: 'https' }],
    },
  });
  object<PodDisruptionBudget>(scope, 'disruption', origin, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
  });
  object<StatefulSet>(scope, 'pods', origin, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: later(() => statefulSet(props)),
  });
}

/** A part of a manifest that is asked for when the manifest is printed. */
function later<V>(produce: () => V): V {
  return Lazy.any({ produce }) as V;
}

function statefulSet(props: ServerProps): NonNullable<StatefulSet['spec']> {
  const { platform, image, replicas, asksKubernetes, resources, retention, storage, contents } = props;
  const selector = selectorOf(platform.system, PROMETHEUS);
  const mounts = secretMounts(PROMETHEUS, '', contents.files());
  const listens = { tcpSocket: { port: 'https' }, timeoutSeconds: 3 };
  return {
    serviceName: PROMETHEUS,
    replicas,
    // One after the other, and not before the first has read its log and scraped again: the pair never rests as a whole.
    minReadySeconds: 60,
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      // 2.42 can reload only when somebody asks it to; so another configuration is another pod, which is also what
      // refuses a configuration that it can't read while the old one still runs.
      metadata: {
        labels: labelsOf(platform.system, PROMETHEUS),
        annotations: { 'groundwork/inputs': contents.inputs() },
      },
      spec: {
        serviceAccountName: PROMETHEUS,
        automountServiceAccountToken: asksKubernetes,
        enableServiceLinks: false,
        securityContext: hardenedPod(USER),
        terminationGracePeriodSeconds: 120, // what is in memory is written out
        // Two on one node are lost together: rather one of them waits.
        ...(replicas > 1
          ? { topologySpreadConstraints: spreadConstraints({ nodes: 'required', zones: 'ignored' }, selector) }
          : {}),
        containers: [
          {
            name: PROMETHEUS,
            image,
            args: [
              `--config.file=${CONFIG}/prometheus.yml`,
              '--enable-feature=expand-external-labels', // always on from 3.0, which says so and goes on
              '--storage.tsdb.path=/prometheus',
              `--storage.tsdb.retention.time=${retention}`,
              `--storage.tsdb.retention.size=${retentionSize(storage)}`,
              `--web.config.file=${CONFIG}/web.yml`,
              `--web.external-url=https://${prometheusName(platform)}:${PROMETHEUS_PORT}`,
            ],
            env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            ports: [{ name: 'https', containerPort: PROMETHEUS_PORT }],
            resources: requirements(resources),
            securityContext: hardenedContainer,
            // The kubelet has no certificate, so all it can see is that the port is open; each look leaves a line in the log.
            startupProbe: { ...listens, periodSeconds: 2, failureThreshold: 300 },
            livenessProbe: { ...listens, periodSeconds: 60 },
            volumeMounts: [
              { name: 'data', mountPath: '/prometheus' },
              { name: 'config', mountPath: CONFIG, readOnly: true },
              { name: 'rules', mountPath: RULES, readOnly: true },
              ...mounts.volumeMounts,
            ],
          },
        ],
        volumes: [
          { name: 'config', configMap: { name: PROMETHEUS } },
          { name: 'rules', configMap: { name: `${PROMETHEUS}-rules` } },
          ...mounts.volumes,
        ],
      },
    },
    volumeClaimTemplates: [dataVolume(props, selector)],
  };
}

import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import { dataVolume } from '../kubernetes/data-volume.ts';
import { hardenedContainer, hardenedPod } from '../kubernetes/hardening.ts';
import type { SecretFile } from '../kubernetes/mounts.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { disruptionBudget, labelsOf, later, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import type { Duration, Size } from '../kubernetes/units.ts';
import type { Platform } from '../platform/index.ts';
import { CONFIG, PROMETHEUS, PROMETHEUS_PORT, RULES } from './constants.ts';
import { retentionSize } from './retention.ts';
import { START_SCRIPT } from './start-script.ts';

const USER = 65534;

/** Contents that are complete once all targets are known, which is after the constructor. */
export interface Contents {
  readonly config: () => Record<string, string>;
  readonly rules: () => Record<string, string>;
  /** Files of the identity, and of credentials of targets and remote stores. */
  readonly files: () => readonly SecretFile[];
}

export interface ServerProps {
  readonly platform: Platform;
  readonly image: string;
  readonly replicas: number;
  /** Whether the service account token is mounted, for kubelets and API servers. */
  readonly asksKubernetes: boolean;
  readonly resources: Resources;
  readonly retention: Duration;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly contents: Contents;
}

/** DNS name in the certificate of Prometheus. */
export function prometheusName({ namespace }: Platform): string {
  return `${PROMETHEUS}.${namespace}.svc.cluster.local`;
}

/** StatefulSet, Service and configuration of Prometheus. */
export function makeServer(scope: Construct, props: ServerProps): void {
  const { platform, contents } = props;
  const { namespace, system } = platform;
  const metadata = { name: PROMETHEUS, namespace, labels: labelsOf(system, PROMETHEUS) };
  const selector = selectorOf(system, PROMETHEUS);
  const origin = 'prometheus';
  object(scope, 'config', 'prometheus (and every target)', 'ConfigMap', { metadata, data: later(contents.config) });
  object(scope, 'rules', 'prometheus (rules), and slo of the contracts', 'ConfigMap', {
    metadata: { ...metadata, name: `${PROMETHEUS}-rules` },
    data: later(contents.rules),
  });
  object(scope, 'service', origin, 'Service', {
    metadata,
    // Each of a pair scrapes at different times: a reader stays with one, so that its graphs are consistent.
    spec: {
      selector,
      sessionAffinity: 'ClientIP',
      ports: [{ name: 'https', port: PROMETHEUS_PORT, targetPort: 'https' }],
    },
  });
  disruptionBudget(scope, origin, metadata, selector);
  object(scope, 'pods', origin, 'StatefulSet', { metadata, spec: later(() => statefulSet(props)) });
}

function statefulSet(props: ServerProps): NonNullable<StatefulSet['spec']> {
  const { platform, image, replicas, asksKubernetes, resources, retention, storage, contents } = props;
  const selector = selectorOf(platform.system, PROMETHEUS);
  const mounts = secretMounts(PROMETHEUS, '', contents.files());
  const listens = { tcpSocket: { port: 'https' }, timeoutSeconds: 3 };
  return {
    serviceName: PROMETHEUS,
    replicas,
    // One after the other, each only once the previous one has replayed its log: one of the pair always scrapes.
    minReadySeconds: 60,
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels: labelsOf(platform.system, PROMETHEUS) },
      spec: {
        serviceAccountName: PROMETHEUS,
        automountServiceAccountToken: asksKubernetes,
        enableServiceLinks: false,
        securityContext: hardenedPod(USER),
        terminationGracePeriodSeconds: 120, // time to write the head block to disk
        // Two on one node would be lost together: instead, one stays pending.
        ...(replicas > 1
          ? { topologySpreadConstraints: spreadConstraints({ nodes: 'required', zones: 'ignored' }, selector) }
          : {}),
        containers: [
          {
            name: PROMETHEUS,
            image,
            command: ['sh', '-c', START_SCRIPT, 'sh'],
            args: [
              `--config.file=${CONFIG}/prometheus.yml`,
              '--enable-feature=expand-external-labels', // always enabled from 3.0, which logs a warning
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
            // The kubelet has no certificate, so it can only check that the port is open; each probe adds a line to the log.
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

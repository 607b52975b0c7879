import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import { IDENTITY_FOLDER } from '../identity/index.ts';
import { dataVolume } from '../kubernetes/data-volume.ts';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { egressTo, egressToExternal, ingressFrom, networkPolicy } from '../kubernetes/network-policy.ts';
import { checksum, disruptionBudget, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import type { Size } from '../kubernetes/units.ts';
import { toYaml } from '../kubernetes/yaml.ts';
import type { Platform } from '../platform/index.ts';
import { type Alerting, hasSecret, RECEIVER_FOLDER, receiversOf } from './receivers.ts';
import { clientTls, type WebClients, webConfig } from './web.ts';

export const ALERTMANAGER = 'alertmanager';
export const ALERTMANAGER_PORT = 9093;
const GOSSIP_PORT = 9094;
const USER = 65534;
const SECRET = 'alertmanager-receivers';
const CONFIG = '/etc/alertmanager/config';

export interface AlertmanagerProps {
  readonly platform: Platform;
  readonly image: string;
  readonly replicas: number;
  readonly resources: Resources;
  /** Volume for silences and the notification log. */
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly alerting: Alerting;
  readonly webClients: WebClients;
  /** Service account of Prometheus, which sends alerts. */
  readonly from: string;
  /** Content of `alertmanager.yml`. */
  readonly config: string;
}

/** DNS name in the certificate of every Alertmanager. */
export function alertmanagerName({ namespace }: Platform): string {
  return `${ALERTMANAGER}.${namespace}.svc.cluster.local`;
}

/** Addresses of all Alertmanagers as `host:port`. */
export function alertmanagerAddresses(platform: Platform, replicas: number, port = ALERTMANAGER_PORT): string[] {
  return Array.from(
    { length: replicas },
    (_, index) => `${ALERTMANAGER}-${index}.${alertmanagerName(platform)}:${port}`,
  );
}

/** Alertmanagers with a mesh over mutual TLS, in which they share the notification log. */
export function makeAlertmanager(scope: Construct, props: AlertmanagerProps): void {
  const { platform, replicas, alerting, webClients, from, config } = props;
  const { namespace, system } = platform;
  const labels = labelsOf(system, ALERTMANAGER);
  const selector = selectorOf(system, ALERTMANAGER);
  const metadata = { name: ALERTMANAGER, namespace, labels };
  const origin = 'prometheus (its Alertmanager)';
  const identity = platform.identities.issue(scope, {
    account: ALERTMANAGER,
    dnsNames: [alertmanagerName(platform)],
    origin,
  });
  const files = {
    'alertmanager.yml': config,
    'web.yml': webConfig(webClients, [platform.identities.spiffeId(from), identity.spiffeId]),
    'cluster.yml': meshConfig(alertmanagerName(platform)),
  };
  object(scope, 'account', origin, 'ServiceAccount', { metadata, automountServiceAccountToken: false });
  object(scope, 'config', origin, 'ConfigMap', { metadata, data: files });
  const secret = receiversOf(alerting).filter(hasSecret);
  if (secret.length > 0) {
    object(scope, 'secrets', 'prometheus.alerting', 'Secret', {
      metadata: { ...metadata, name: SECRET },
      stringData: Object.fromEntries(
        secret.map(({ name }) => [name, deployTimeSecret(`alertmanager/${name}`, 'given')]),
      ),
    });
  }
  object(scope, 'service', origin, 'Service', {
    metadata,
    // Headless, and with pods that are not ready: they must resolve each other while they start.
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector,
      ports: [{ name: 'https', port: ALERTMANAGER_PORT, targetPort: 'https' }],
    },
  });
  networkPolicy(scope, 'network', origin, {
    metadata,
    selector,
    ingress: [
      ingressFrom(selectorOf(system, from), ALERTMANAGER_PORT),
      ...(replicas > 1 ? [ingressFrom(selector, GOSSIP_PORT)] : []),
    ],
    egress: [
      ...(replicas > 1 ? [egressTo(selector, GOSSIP_PORT)] : []),
      ...(alerting.egress ?? []).map(egressToExternal),
    ],
  });
  disruptionBudget(scope, origin, metadata, selector);
  object(scope, 'pods', origin, 'StatefulSet', {
    metadata,
    spec: statefulSet(props, checksum(...Object.values(files)), identity.files(), secret.length > 0),
  });
  platform.addScrapeTarget({
    name: ALERTMANAGER,
    selector,
    port: ALERTMANAGER_PORT,
    serverName: alertmanagerName(platform),
    origin,
  });
}

/** `--cluster.tls-config`: peers are dialed by address, so the common DNS name in their certificates is verified. */
function meshConfig(serverName: string): string {
  return toYaml([
    {
      tls_server_config: {
        cert_file: `${IDENTITY_FOLDER}/tls.crt`,
        key_file: `${IDENTITY_FOLDER}/tls.key`,
        client_auth_type: 'RequireAndVerifyClientCert',
        client_ca_file: `${IDENTITY_FOLDER}/ca.crt`,
        min_version: 'TLS13',
      },
      tls_client_config: clientTls(serverName),
    },
  ]);
}

function statefulSet(
  props: AlertmanagerProps,
  inputs: string,
  identity: Parameters<typeof secretMounts>[2],
  secrets: boolean,
): NonNullable<StatefulSet['spec']> {
  const { platform, image, replicas, resources } = props;
  const labels = labelsOf(platform.system, ALERTMANAGER);
  const selector = selectorOf(platform.system, ALERTMANAGER);
  const mounts = secretMounts(ALERTMANAGER, '', identity);
  const peers = replicas > 1 ? alertmanagerAddresses(platform, replicas, GOSSIP_PORT) : [];
  const listens = { tcpSocket: { port: 'https' }, timeoutSeconds: 3 };
  return {
    serviceName: ALERTMANAGER,
    replicas,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels, annotations: { 'groundwork/inputs': inputs } },
      spec: {
        ...isolatedPod(ALERTMANAGER, USER),
        // Two on one node would be lost together: instead, one stays pending.
        ...(replicas > 1
          ? { topologySpreadConstraints: spreadConstraints({ nodes: 'required', zones: 'ignored' }, selector) }
          : {}),
        containers: [
          {
            name: ALERTMANAGER,
            image,
            args: [
              `--config.file=${CONFIG}/alertmanager.yml`,
              '--storage.path=/alertmanager',
              `--web.config.file=${CONFIG}/web.yml`,
              `--web.external-url=https://${alertmanagerName(platform)}:${ALERTMANAGER_PORT}`,
              ...(replicas > 1
                ? [
                    `--cluster.tls-config=${CONFIG}/cluster.yml`,
                    `--cluster.advertise-address=$(POD_IP):${GOSSIP_PORT}`,
                    ...peers.map((peer) => `--cluster.peer=${peer}`),
                  ]
                : ['--cluster.listen-address=']), // a single one has no mesh port
            ],
            env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
            ports: [{ name: 'https', containerPort: ALERTMANAGER_PORT }],
            resources: requirements(resources),
            securityContext: hardenedContainer,
            // The kubelet has no certificate, so it can only check that the port is open; each probe adds a line to the log.
            startupProbe: { ...listens, periodSeconds: 2, failureThreshold: 60 },
            livenessProbe: { ...listens, periodSeconds: 60 },
            volumeMounts: [
              { name: 'data', mountPath: '/alertmanager' },
              { name: 'config', mountPath: CONFIG, readOnly: true },
              ...(secrets ? [{ name: 'receivers', mountPath: RECEIVER_FOLDER, readOnly: true }] : []),
              ...mounts.volumeMounts,
            ],
          },
        ],
        volumes: [
          { name: 'config', configMap: { name: ALERTMANAGER } },
          ...(secrets ? [{ name: 'receivers', secret: { secretName: SECRET, defaultMode: 0o440 } }] : []),
          ...mounts.volumes,
        ],
      },
    },
    volumeClaimTemplates: [dataVolume(props, selector)],
  };
}

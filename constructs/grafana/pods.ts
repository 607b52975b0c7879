import type { Container, PodSpec, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import type { SecretFile } from '../kubernetes/mounts.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { spreadOfUpdates } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { AUTHORITY, DASHBOARDS, GRAFANA_PORT, PROVISIONING } from './configuration.ts';
import { RENEWAL_SCRIPT } from './renewal.ts';

/** Name of the objects and of the service account. */
export const GRAFANA = 'grafana';
/** UID of the public image. */
const USER = 472;
export const RENEWAL_RESOURCES: Resources = { cpu: Cpu.millis(5), memory: Size.mebibytes(32) };

export interface PodProps {
  readonly image: string;
  readonly replicas: number;
  /** Whether the identity provider has a private authority. */
  readonly authority: boolean;
  readonly resources: Resources;
  readonly serverName: string;
  readonly selector: Record<string, string>;
  readonly files: readonly SecretFile[];
}

export function grafanaPod(props: PodProps): PodSpec {
  const { replicas, selector, files } = props;
  const mounts = secretMounts(GRAFANA, '', files);
  return {
    ...isolatedPod(GRAFANA, USER),
    ...(replicas > 1
      ? { topologySpreadConstraints: spreadOfUpdates({ nodes: 'required', zones: 'ignored' }, selector) }
      : {}),
    containers: [server(props, mounts.volumeMounts), renewal(props, mounts.volumeMounts)],
    volumes: [
      { name: 'config', configMap: { name: GRAFANA } },
      { name: 'dashboards', configMap: { name: `${GRAFANA}-dashboards` } },
      // Ephemeral: dashboards are provisioned, and persistent data is in the database, if there is one.
      { name: 'data', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      ...mounts.volumes,
    ],
  };
}

function server({ image, resources, authority }: PodProps, secrets: readonly VolumeMount[]): Container {
  const config = (subPath: string, mountPath: string): VolumeMount => ({
    name: 'config',
    mountPath,
    subPath,
    readOnly: true,
  });
  const answers = { httpGet: { path: '/api/health', port: 'https', scheme: 'HTTPS' } };
  return {
    name: GRAFANA,
    image,
    env: [{ name: 'GF_PATHS_CONFIG', value: '/etc/grafana/grafana.ini' }],
    ports: [{ name: 'https', containerPort: GRAFANA_PORT }],
    resources: requirements(resources),
    securityContext: hardenedContainer,
    startupProbe: { ...answers, periodSeconds: 3, failureThreshold: 60 }, // the first start creates the tables
    readinessProbe: { ...answers, periodSeconds: 10 },
    livenessProbe: { ...answers, periodSeconds: 30 },
    lifecycle: { preStop: { sleep: { seconds: 5 } } }, // keeps serving until endpoints remove it
    volumeMounts: [
      config('grafana.ini', '/etc/grafana/grafana.ini'),
      config('datasources.yaml', `${PROVISIONING}/datasources/prometheus.yaml`),
      config('dashboards.yaml', `${PROVISIONING}/dashboards/groundwork.yaml`),
      ...(authority ? [config(AUTHORITY, `/etc/grafana/${AUTHORITY}`)] : []),
      { name: 'dashboards', mountPath: DASHBOARDS, readOnly: true },
      { name: 'data', mountPath: '/var/lib/grafana' },
      { name: 'tmp', mountPath: '/tmp' },
      ...secrets,
    ],
  };
}

function renewal({ image, serverName }: PodProps, secrets: readonly VolumeMount[]): Container {
  return {
    name: 'renewal',
    image,
    command: ['sh', '-c', RENEWAL_SCRIPT],
    env: [{ name: 'SERVER_NAME', value: serverName }],
    resources: requirements(RENEWAL_RESOURCES),
    securityContext: hardenedContainer,
    volumeMounts: [...secrets],
  };
}

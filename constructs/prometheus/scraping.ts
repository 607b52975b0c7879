import type { ScrapeTarget } from '../platform/index.ts';
import { type ClusterMetrics, KUBELET_PORT } from './cluster.ts';
import { KUBERNETES } from './promised.ts';
import { clientTls } from './web.ts';

/** Folder of the service account token and the CA of the cluster. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
export const CERT_MANAGER_PORT = 9402;

/** Folder of the bearer token of a target that requires one. */
export function tokenFolder({ name }: ScrapeTarget): string {
  return `/var/run/groundwork/scrape/${name}`;
}

/** Name of the headless Service that resolves to the pods of a target. */
export function addressesOf({ name }: ScrapeTarget): string {
  return `metrics-${name}`;
}

/**
 * Scrape job for one target: all its pods on one port, with mutual TLS where they support it. Discovery uses DNS, which
 * requires no permissions and works with every build of Prometheus (Debian's has no `kubernetes_sd_configs`).
 */
export function targetJob(target: ScrapeTarget, namespace: string): object {
  const { name, port, path, serverName, token } = target;
  return {
    job_name: name,
    ...(serverName === undefined ? {} : { scheme: 'https' }),
    ...(path === undefined ? {} : where(path)),
    ...(serverName === undefined ? {} : { tls_config: clientTls(serverName) }),
    ...(token === undefined ? {} : { authorization: { credentials_file: `${tokenFolder(target)}/token` } }),
    dns_sd_configs: [
      { names: [`${addressesOf(target)}.${namespace}.svc.cluster.local`], type: 'A', port, refresh_interval: '15s' },
    ],
  };
}

/** Splits a path into `metrics_path` and `params`: Prometheus would escape a query string in the path. */
function where(path: string): object {
  const { pathname, searchParams } = new URL(path, 'https://target');
  const names = [...new Set(searchParams.keys())];
  return {
    metrics_path: pathname,
    ...(names.length > 0 ? { params: Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)])) } : {}),
  };
}

/**
 * Scrape jobs for the kubelets' metrics of the namespace's pods, and for the API servers. Kubelets are scraped directly:
 * through the API server, it would require `nodes/proxy`, which also allows running commands in any pod.
 */
export function kubernetesJobs(namespace: string, { kubelets, unverified = false }: ClusterMetrics): object[] {
  const own = { source_labels: ['namespace'], regex: `${namespace}|`, action: 'keep' };
  const tls = { ca_file: `${ACCOUNT}/ca.crt` };
  const authorization = { credentials_file: `${ACCOUNT}/token` };
  const discovered = kubelets === 'discovered';
  const kubelet = (job: keyof typeof KUBERNETES, path: string) => ({
    job_name: job,
    scheme: 'https',
    metrics_path: path,
    authorization,
    tls_config: unverified ? { insecure_skip_verify: true } : tls,
    ...(discovered
      ? { kubernetes_sd_configs: [{ role: 'node' }] }
      : { static_configs: [{ targets: kubelets.map((address) => `${address}:${KUBELET_PORT}`) }] }),
    metric_relabel_configs: [only(job), own],
  });
  const apiServers = discovered
    ? {
        kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: ['default'] } }],
        relabel_configs: [
          {
            source_labels: ['__meta_kubernetes_service_name', '__meta_kubernetes_endpointslice_port_name'],
            regex: 'kubernetes;https',
            action: 'keep',
          },
        ],
      }
    : { static_configs: [{ targets: ['kubernetes.default.svc.cluster.local:443'] }] };
  return [
    kubelet('kubelet', '/metrics'),
    kubelet('kubelet-resource', '/metrics/resource'),
    kubelet('kubelet-cadvisor', '/metrics/cadvisor'),
    {
      job_name: 'api-server',
      scheme: 'https',
      authorization,
      tls_config: { ...tls, server_name: 'kubernetes.default.svc' },
      ...apiServers,
      metric_relabel_configs: [only('api-server')],
    },
  ];
}

/** Scrape job for cert-manager, over plain HTTP: the metrics contain expiry times, which are not confidential. */
export function certManagerJob(namespace: string): object {
  const names = [`cert-manager.${namespace}.svc.cluster.local`];
  return {
    job_name: 'cert-manager',
    dns_sd_configs: [{ names, type: 'A', port: CERT_MANAGER_PORT, refresh_interval: '15s' }],
  };
}

function only(job: keyof typeof KUBERNETES): object {
  return { source_labels: ['__name__'], regex: KUBERNETES[job].join('|'), action: 'keep' };
}

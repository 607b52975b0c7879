import type { Duration } from '@groundwork/contract';
import { toYaml } from '../kubernetes/yaml.ts';
import type { Platform, ScrapeTarget } from '../platform/index.ts';
import { alertmanagerAddresses, alertmanagerName } from './alertmanager.ts';
import type { ClusterMetrics } from './cluster.ts';
import { type RemoteWrite, remoteWriteConfig } from './remote-write.ts';
import type { RuleFile } from './rules/rule.ts';
import { ruleGroups } from './rules/rule.ts';
import { certManagerJob, kubernetesJobs, targetJob } from './scraping.ts';
import { clientTls } from './web.ts';

export interface ConfigProps {
  readonly platform: Platform;
  readonly targets: readonly ScrapeTarget[];
  readonly scrapeInterval: Duration;
  readonly alertmanagers: number;
  readonly cluster: ClusterMetrics | undefined;
  readonly certManager: string | undefined;
  readonly remoteWrite: readonly RemoteWrite[];
  /** Folder of the rule files. */
  readonly rules: string;
}

/** `prometheus.yml`, for 2.42 and 3.x. */
export function prometheusConfig({
  platform,
  targets,
  scrapeInterval,
  alertmanagers,
  cluster,
  certManager,
  remoteWrite,
  rules,
}: ConfigProps): string {
  const { environment, system, namespace } = platform;
  const inOrder = [...targets].sort((a, b) => (a.name < b.name ? -1 : 1));
  return toYaml([
    {
      global: {
        scrape_interval: `${scrapeInterval}`,
        scrape_timeout: `${Math.min(10, scrapeInterval.toSeconds())}s`,
        evaluation_interval: `${scrapeInterval}`,
        external_labels: { environment, system, replica: `\${POD_NAME}` },
      },
      rule_files: [`${rules}/*.yml`],
      alerting: {
        // Both of a pair fire the same alerts; without the replica label, Alertmanager deduplicates them.
        alert_relabel_configs: [{ action: 'labeldrop', regex: 'replica' }],
        alertmanagers: [
          {
            scheme: 'https',
            tls_config: clientTls(alertmanagerName(platform)),
            static_configs: [{ targets: alertmanagerAddresses(platform, alertmanagers) }],
          },
        ],
      },
      scrape_configs: [
        ...inOrder.map((target) => targetJob(target, namespace)),
        ...(cluster === undefined ? [] : kubernetesJobs(namespace, cluster)),
        ...(certManager === undefined ? [] : [certManagerJob(certManager)]),
      ],
      ...(remoteWrite.length > 0 ? { remote_write: remoteWrite.map(remoteWriteConfig) } : {}),
    },
  ]);
}

/** Rule files by name, for a ConfigMap. */
export function ruleFiles(files: readonly RuleFile[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [`${file.name}.yml`, toYaml([ruleGroups(file)])]));
}

import type { Resources } from '../kubernetes/resources.ts';
import type { Duration, Size } from '../kubernetes/units.ts';
import type { Platform } from '../platform/index.ts';
import type { ClusterMetrics } from './cluster.ts';
import type { AlertLinks } from './links.ts';
import type { Alerting } from './receivers.ts';
import type { RemoteWrite } from './remote-write.ts';
import type { RuleFile } from './rules/index.ts';
import type { WebClients } from './web.ts';

/** Props of `Prometheus`. */
export interface PrometheusProps {
  /** Platform whose targets it scrapes. */
  readonly platform: Platform;
  /** Image whose entrypoint is `prometheus`, 2.42 or newer. */
  readonly image: string;
  /** Image whose entrypoint is `alertmanager`, 0.25 or newer. */
  readonly alertmanagerImage: string;
  /** `pair`: two that scrape the same targets, and three Alertmanagers, on different nodes. `single`: one of each. @default 'pair' */
  readonly replicas?: 'single' | 'pair';
  /** Retention of samples, at least 2 hours. @default 15 days */
  readonly retention?: Duration;
  /** Size of each replica's volume; the estimated data of the retention must fit in 80 % of it. */
  readonly storage: Size;
  /** StorageClass of the volumes; can't be changed later. @default the cluster's default class */
  readonly storageClass?: string;
  /** CPU and memory of each Prometheus: about 8 KiB for each active series, plus memory for queries. @default 250m and 1Gi */
  readonly resources?: Resources;
  /** Number of scraped series for the storage estimate, as in 'prometheus_tsdb_head_series'. @default 30,000 */
  readonly activeSeries?: number;
  /** Scrape interval, from 1 s to 2 minutes. @default 30 s */
  readonly scrapeInterval?: Duration;
  /**
   * Metrics of kubelets and API servers, which require a ClusterRole. Without permission for one, write `none`; then there
   * are no alerts for pods and volumes. @default { kubelets: 'discovered' }
   */
  readonly cluster?: ClusterMetrics | 'none';
  /** Namespace of the cert-manager that issues identities; `none` if its metrics are not accessible. @default 'cert-manager' */
  readonly certManager?: string;
  /** Remote stores for all samples. @default none */
  readonly remoteWrite?: readonly RemoteWrite[];
  /** Receivers of alerts. @default none: alerts are only visible in the web interfaces */
  readonly alerting?: Alerting;
  /** Where links of alerts to runbooks and dashboards lead. @default paths in the repository and in the cluster */
  readonly links?: AlertLinks;
  /** CPU and memory of each Alertmanager. @default 50m and 64Mi */
  readonly alertmanagerResources?: Resources;
  /** Size of each Alertmanager's volume, for silences and the notification log. @default 1 GiB */
  readonly alertmanagerStorage?: Size;
  /** Rules in addition to those of the platform. @default none */
  readonly rules?: readonly RuleFile[];
  /** Which clients may connect to the web interfaces. @default 'listed', which older images do not support */
  readonly webClients?: WebClients;
}

/** Address of Prometheus for a reader. */
export interface Readable {
  /** URL of the HTTP API. */
  readonly url: string;
  /** DNS name in its certificate. */
  readonly serverName: string;
}

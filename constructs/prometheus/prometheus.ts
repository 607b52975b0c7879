import { throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { validateImages } from '../kubernetes/images.ts';
import type { SecretFile } from '../kubernetes/mounts.ts';
import {
  addNetworkRules,
  egressTo,
  egressToExternal,
  ingressFrom,
  namespacePeer,
  networkPolicy,
  tcp,
} from '../kubernetes/network-policy.ts';
import { labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { validateResource } from '../kubernetes/resources.ts';
import { Cpu, Duration, Size } from '../kubernetes/units.ts';
import type { Guarantees, MetricsCollector, Platform, ScrapeTarget } from '../platform/index.ts';
import { makeAccount, makeClusterAccess } from './access.ts';
import { ALERTMANAGER, ALERTMANAGER_PORT, makeAlertmanager } from './alertmanager.ts';
import { type ClusterMetrics, egressToKubelets, validateCluster } from './cluster.ts';
import { prometheusConfig, ruleFiles } from './config.ts';
import { PROMETHEUS, PROMETHEUS_PORT, RULES } from './constants.ts';
import { type AlertLinks, linked } from './links.ts';
import { KUBERNETES } from './promised.ts';
import type { PrometheusProps, Readable } from './props.ts';
import { validateAlerting } from './receivers.ts';
import { REMOTE_FOLDER, type RemoteWrite, validateRemoteWrite } from './remote-write.ts';
import { validateRetention } from './retention.ts';
import { alertmanagerConfig } from './routing.ts';
import { aboutJobs, defaultRules, everyDefaultRule, type RuleFile } from './rules/index.ts';
import { addressesOf, CERT_MANAGER_PORT, tokenFolder } from './scraping.ts';
import { makeServer, prometheusName } from './server.ts';
import { validateRule } from './validate-rules.ts';
import { webConfig } from './web.ts';

const REMOTE_SECRET = 'prometheus-remote-write';

/**
 * Prometheus with Alertmanager: scrapes every target of the platform over mutual TLS, stores the samples, and sends alerts.
 * Its rules derive from the targets and from the contracts' `slo`.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props out of range, and for a retention that exceeds the storage
 */
export class Prometheus extends Construct implements MetricsCollector {
  /** Labels of its pods. */
  public readonly selector: Readonly<Record<string, string>>;
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #platform: Platform;
  readonly #targets: ScrapeTarget[] = [];
  readonly #readers: string[] = [];
  readonly #cluster: ClusterMetrics | undefined;
  readonly #certManager: string | undefined;
  readonly #rules: readonly RuleFile[];
  readonly #mesh: boolean;
  readonly #links: Required<AlertLinks>;

  public constructor(scope: Construct, id: string, props: PrometheusProps) {
    super(scope, id);
    const {
      platform,
      image,
      alertmanagerImage,
      replicas = 'pair',
      retention = Duration.days(15),
      storage,
      storageClass,
    } = props;
    const {
      resources = { cpu: Cpu.millis(250), memory: Size.gibibytes(1) },
      activeSeries = 30_000,
      scrapeInterval = Duration.seconds(30),
    } = props;
    const {
      cluster = { kubelets: 'discovered' },
      certManager = 'cert-manager',
      remoteWrite = [],
      alerting = {},
      rules = [],
      webClients = 'listed',
      links = {},
    } = props;
    const {
      alertmanagerResources = { cpu: Cpu.millis(50), memory: Size.mebibytes(64) },
      alertmanagerStorage = Size.gibibytes(1),
    } = props;
    const where = `environment '${platform.environment}' › prometheus`;
    const mesh = replicas === 'pair';
    const possibleRules = everyDefaultRule({ graph: platform.graph, namespace: platform.namespace, mesh });
    throwIfAny([
      ...validateImages(where, { image, alertmanagerImage }),
      ...validateResource(`${where} › resources`, resources),
      ...validateResource(`${where} › alertmanagerResources`, alertmanagerResources),
      ...validateRetention(where, { retention, storage, activeSeries, scrapeInterval }),
      ...(cluster === 'none' ? [] : validateCluster(`${where} › cluster`, cluster)),
      ...validateRemoteWrite(`${where} › remoteWrite`, remoteWrite),
      ...validateAlerting(`${where} › alerting`, alerting),
      ...validateRule(`${where} › rules`, rules, possibleRules),
    ]);
    this.#platform = platform;
    this.#cluster = cluster === 'none' ? undefined : cluster;
    this.#certManager = certManager === 'none' ? undefined : certManager;
    this.#rules = rules;
    this.#mesh = mesh;
    this.#links = {
      runbooks: 'docs/runbooks',
      grafana: `https://grafana.${platform.namespace}.svc.cluster.local`,
      ...links,
    };
    this.selector = selectorOf(platform.system, PROMETHEUS);
    this.guarantees = guaranteesOf(replicas);
    platform.declareGuarantees(PROMETHEUS, this.guarantees);

    const { namespace, system } = platform;
    const identity = platform.identities.issue(this, {
      account: PROMETHEUS,
      dnsNames: [prometheusName(platform)],
      origin: 'prometheus',
    });
    const access = { account: PROMETHEUS, namespace, system };
    makeAccount(this, access);
    if (this.#cluster !== undefined) makeClusterAccess(this, access, this.#cluster.kubelets === 'discovered');
    this.#makeCredentials(remoteWrite);
    const [servers, alertmanagers] = replicas === 'pair' ? [2, 3] : [1, 1];
    const config = () => ({
      'prometheus.yml': prometheusConfig({
        platform,
        targets: this.#targets,
        scrapeInterval,
        alertmanagers,
        cluster: this.#cluster,
        certManager: this.#certManager,
        remoteWrite,
        rules: RULES,
      }),
      'web.yml': webConfig(webClients, [
        identity.spiffeId,
        ...this.#readers.map((account) => platform.identities.spiffeId(account)),
      ]),
    });
    const files = (): SecretFile[] => [
      ...identity.files(),
      ...remoteWrite.map(({ name }) => ({ path: `${REMOTE_FOLDER}/${name}`, secret: REMOTE_SECRET, key: name })),
      ...this.#targets.flatMap((target) =>
        target.token === undefined ? [] : [{ path: `${tokenFolder(target)}/token`, ...target.token }],
      ),
    ];
    const contents = {
      config,
      rules: () => ruleFiles(this.rules),
      files,
    };
    makeServer(this, {
      platform,
      image,
      replicas: servers,
      asksKubernetes: this.#cluster !== undefined,
      resources,
      retention,
      storage,
      storageClass,
      contents,
    });
    this.#makeNetwork(remoteWrite);
    platform.reserve({ name: PROMETHEUS, pods: servers, resources, storage: times(storage, servers) });

    makeAlertmanager(new Construct(this, ALERTMANAGER), {
      platform,
      image: alertmanagerImage,
      replicas: alertmanagers,
      resources: alertmanagerResources,
      storage: alertmanagerStorage,
      storageClass,
      alerting,
      webClients,
      from: PROMETHEUS,
      // The rules depend on targets that are added later, so this includes all possible rules.
      config: alertmanagerConfig(alerting, [...possibleRules, ...rules]),
    });
    platform.reserve({
      name: ALERTMANAGER,
      pods: alertmanagers,
      resources: alertmanagerResources,
      storage: times(alertmanagerStorage, alertmanagers),
    });
    platform.addScrapeTarget({
      name: PROMETHEUS,
      selector: this.selector,
      port: PROMETHEUS_PORT,
      serverName: prometheusName(platform),
      origin: 'prometheus',
    });
    platform.addMetricsCollector(this);
  }

  /** Rule files for the current targets. */
  public get rules(): readonly RuleFile[] {
    const { jobs } = this;
    const { graph, namespace } = this.#platform;
    const defaults = defaultRules({ graph, namespace, jobs, mesh: this.#mesh });
    return [...defaults.map((file) => linked(file, this.#links)), ...aboutJobs(jobs, this.#rules)];
  }

  /** Adds a target to scrape; its addresses get a Service. */
  public collect(target: ScrapeTarget): void {
    this.#targets.push(target);
    const { name, selector, port, origin } = target;
    const { namespace, system } = this.#platform;
    object(this, `addresses-of-${name}`, origin, 'Service', {
      metadata: { name: addressesOf(target), namespace, labels: labelsOf(system, name) },
      // Includes pods that are not ready: their metrics show the reason.
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: { ...selector },
        ports: [{ name: 'metrics', port }],
      },
    });
    addNetworkRules(this, `to-${name}`, origin, {
      metadata: { name: `${PROMETHEUS}-to-${name}`, namespace, labels: labelsOf(system, PROMETHEUS) },
      selector: this.selector,
      egress: [egressTo(selector, port)],
    });
  }

  /**
   * Allows a system of the platform to query it: by identity, and in network policies.
   * @param account service account, which is also the name of its pods
   * @param origin see `explain`
   */
  public grantRead(account: string, origin: string): Readable {
    const { namespace, system } = this.#platform;
    this.#readers.push(account);
    addNetworkRules(this, `from-${account}`, origin, {
      metadata: { name: `${PROMETHEUS}-from-${account}`, namespace, labels: labelsOf(system, PROMETHEUS) },
      selector: this.selector,
      ingress: [ingressFrom(selectorOf(system, account), PROMETHEUS_PORT)],
    });
    const serverName = prometheusName(this.#platform);
    return { url: `https://${serverName}:${PROMETHEUS_PORT}`, serverName };
  }

  /** Names of the current scrape jobs. */
  public get jobs(): readonly string[] {
    return [
      ...this.#targets.map(({ name }) => name).sort(),
      ...(this.#cluster === undefined ? [] : Object.keys(KUBERNETES)),
      ...(this.#certManager === undefined ? [] : ['cert-manager']),
    ];
  }

  #makeCredentials(remoteWrite: readonly RemoteWrite[]): void {
    if (remoteWrite.length === 0) return;
    const { namespace, system } = this.#platform;
    object(this, 'remote-write', 'prometheus.remoteWrite', 'Secret', {
      metadata: { name: REMOTE_SECRET, namespace, labels: labelsOf(system, PROMETHEUS) },
      stringData: Object.fromEntries(
        remoteWrite.map(({ name }) => [name, deployTimeSecret(`prometheus/${name}`, 'given')]),
      ),
    });
  }

  /** Network policy for egress to systems other than targets, each of which has a separate policy. */
  #makeNetwork(remoteWrite: readonly RemoteWrite[]): void {
    const { namespace, system, toApiServer } = this.#platform;
    const certManager = this.#certManager;
    networkPolicy(this, 'network', 'prometheus', {
      metadata: { name: PROMETHEUS, namespace, labels: labelsOf(system, PROMETHEUS) },
      selector: this.selector,
      egress: [
        egressTo(selectorOf(system, ALERTMANAGER), ALERTMANAGER_PORT),
        ...(this.#cluster === undefined ? [] : [toApiServer, egressToKubelets(this.#cluster)]),
        ...(certManager === undefined
          ? []
          : [{ to: [{ ...namespacePeer(certManager), podSelector: {} }], ports: tcp(CERT_MANAGER_PORT) }]),
        ...remoteWrite.map(({ egress }) => egressToExternal(egress)),
      ],
    });
  }
}

/** A pair keeps scraping while one is lost or rolled; samples on a lost volume are lost. */
function guaranteesOf(replicas: 'single' | 'pair'): Guarantees {
  const pair = replicas === 'pair';
  return {
    'survives-pod-loss': true,
    'survives-node-loss': pair,
    'rolls-without-downtime': pair,
    'point-in-time-recovery': false,
    'online-resize': false,
    'tls-in-transit': true,
    'tls-rotation': true,
    'tested-restore': false,
  };
}

function times(size: Size, count: number): Size {
  return Size.kibibytes(size.toKibibytes() * count);
}

import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { validateImages } from '../kubernetes/images.ts';
import type { SecretFile } from '../kubernetes/mounts.ts';
import { egressTo, egressToExternal, namespacePeer, networkPolicy, tcp } from '../kubernetes/network-policy.ts';
import { checksum, disruptionBudget, labelsOf, later, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Cpu, millicores, Size } from '../kubernetes/units.ts';
import type { BackingService, Guarantees, Platform } from '../platform/index.ts';
import { PROMETHEUS_PORT, type Prometheus } from '../prometheus/index.ts';
import { AUTHORITY, dashboardProvider, datasources, GRAFANA_PORT, grafanaIni, SECRETS } from './configuration.ts';
import { boards, dashboard } from './dashboards/index.ts';
import { type Database, databaseOf } from './database.ts';
import { GRAFANA, grafanaPod, RENEWAL_RESOURCES } from './pods.ts';
import { type SignIn, validateSignIn } from './sign-in.ts';

const SECRET = 'grafana';

/** How users outside of the cluster reach Grafana. */
export interface GrafanaEdge {
  /** Public URL, such as `https://grafana.shop.example`. */
  readonly url: string;
  /** Namespace of the Ingress controller or gateway; only its pods may connect, with HTTPS to the Service `grafana`, port 443. */
  readonly controllerNamespace: string;
}

/** Props of `Grafana`. */
export interface GrafanaProps {
  /** Platform whose contracts have dashboards. */
  readonly platform: Platform;
  /** Image that is compatible with the public image, 10.3 or newer. */
  readonly image: string;
  /** Data source of the dashboards. */
  readonly prometheus: Prometheus;
  /** CPU and memory of each pod. @default 100m and 256Mi */
  readonly resources?: Resources;
  /** PostgreSQL back end for sessions and users, which two replicas share. @default none: one replica, whose sessions end with its pod */
  readonly database?: BackingService;
  /** Sign-in with an identity provider. @default none: only the administrator, whose password is a deploy-time secret */
  readonly signIn?: SignIn;
  /** Access from outside of the cluster. @default none: only with `kubectl port-forward` */
  readonly edge?: GrafanaEdge;
}

/**
 * Grafana with the platform's dashboards: an overview, one for each contract, one for each system. They are provisioned,
 * read-only, and require a sign-in; Grafana queries Prometheus with its own certificate.
 * @throws ConfigurationError (or `ConfigurationErrors`) for invalid props
 */
export class Grafana extends Construct {
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;

  public constructor(scope: Construct, id: string, props: GrafanaProps) {
    super(scope, id);
    const {
      platform,
      image,
      prometheus,
      resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
      database,
      signIn,
      edge,
    } = props;
    const where = `environment '${platform.environment}' › grafana`;
    throwIfAny([
      ...validateImages(where, { image }),
      ...validateResource(`${where} › resources`, resources),
      ...(signIn === undefined ? [] : validateSignIn(`${where} › signIn`, signIn)),
      ...validateEdgeUse(`${where} › edge`, edge, signIn),
    ]);
    const { environment, namespace, system } = platform;
    const metadata = { name: GRAFANA, namespace, labels: labelsOf(system, GRAFANA) };
    const selector = selectorOf(system, GRAFANA);
    const serverName = `${GRAFANA}.${namespace}.svc.cluster.local`;
    const replicas = database === undefined ? 1 : 2;
    this.guarantees = sheet(replicas);
    platform.declareGuarantees(GRAFANA, this.guarantees);

    const identity = platform.identities.issue(this, { account: GRAFANA, dnsNames: [serverName], origin: 'grafana' });
    const workload = {
      name: GRAFANA,
      environment,
      system,
      namespace,
      image,
      selector,
      identity,
      maxPods: replicas + 1,
    };
    const store = database && databaseOf(database, workload);
    const ini = grafanaIni({ url: edge?.url ?? `https://${serverName}`, database: store, signIn });
    const source = datasources(prometheus.grantRead(GRAFANA, 'grafana'));
    const deployTimeSecret = this.#makeSecret(platform, signIn, store !== undefined);

    object(this, 'account', 'grafana', 'ServiceAccount', { metadata, automountServiceAccountToken: false });
    const authority = signIn?.authority;
    const trusted = authority === undefined ? {} : { [AUTHORITY]: authority };
    const data = { 'grafana.ini': ini, 'datasources.yaml': source, 'dashboards.yaml': dashboardProvider(), ...trusted };
    object(this, 'config', 'grafana', 'ConfigMap', { metadata, data });
    object(this, 'dashboards', 'grafana (dashboards), and the contracts', 'ConfigMap', {
      metadata: { ...metadata, name: `${GRAFANA}-dashboards` },
      // Evaluated at synth, when all systems exist; Grafana reloads a changed dashboard without a restart.
      data: later(() => dashboardFiles(platform, prometheus)),
    });
    object(this, 'service', 'grafana', 'Service', {
      metadata,
      spec: { selector, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    });
    this.#makeNetwork(platform, prometheus, store, signIn, edge);
    if (replicas > 1) {
      disruptionBudget(this, 'grafana.database', metadata, selector);
    }
    const pods = object(this, 'pods', 'grafana', 'Deployment', {
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: selector },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { labels: metadata.labels, annotations: { 'groundwork/inputs': checksum(...Object.values(data)) } },
          spec: grafanaPod({
            image,
            replicas,
            authority: authority !== undefined,
            resources,
            serverName,
            selector,
            files: [...identity.files(), ...deployTimeSecret, ...(store?.files ?? [])],
          }),
        },
      },
    });
    if (Construct.isConstruct(database)) pods.node.addDependency(database);
    platform.reserve({ name: GRAFANA, pods: replicas + 1, resources: together(resources, RENEWAL_RESOURCES) });
  }

  /**
   * The deploy-time secrets, and their files.
   * @param kept whether a database outlives the pods
   */
  #makeSecret({ namespace, system }: Platform, signIn: SignIn | undefined, kept: boolean): SecretFile[] {
    const stringData = {
      admin: deployTimeSecret('grafana/admin', 'password'),
      'secret-key': deployTimeSecret('grafana/secret-key', 'password'),
      ...(signIn === undefined ? {} : { oidc: deployTimeSecret('grafana/oidc', 'given') }),
    };
    object(this, 'secret', 'grafana', 'Secret', {
      // A persistent database contains both, so a rotation must change it too; an ephemeral one is initialized from the files.
      metadata: {
        name: SECRET,
        namespace,
        labels: labelsOf(system, GRAFANA),
        ...(kept ? { annotations: { 'groundwork/by-hand': 'admin,secret-key' } } : {}),
      },
      stringData,
    });
    return Object.keys(stringData).map((key) => ({ path: `${SECRETS}/${key}`, secret: SECRET, key }));
  }

  #makeNetwork(
    { namespace, system }: Platform,
    prometheus: Prometheus,
    database: Database | undefined,
    signIn: SignIn | undefined,
    edge: GrafanaEdge | undefined,
  ): void {
    networkPolicy(this, 'network', 'grafana', {
      metadata: { name: GRAFANA, namespace, labels: labelsOf(system, GRAFANA) },
      selector: selectorOf(system, GRAFANA),
      ...(edge && { ingress: [{ from: [namespacePeer(edge.controllerNamespace)], ports: tcp(GRAFANA_PORT) }] }),
      egress: [
        egressTo(prometheus.selector, PROMETHEUS_PORT),
        ...(database?.peers ?? []).map(({ selector, port }) => egressTo(selector, port)),
        ...(signIn === undefined ? [] : [egressToExternal(signIn.egress)]),
      ],
    });
  }
}

function dashboardFiles({ system, graph }: Platform, { jobs }: Prometheus): Record<string, string> {
  return Object.fromEntries(
    boards(system, graph, jobs).map((board) => [`${board.name}.json`, JSON.stringify(dashboard(board))]),
  );
}

/** Guarantees. Only sessions and users are persistent data, which the database stores. */
function sheet(replicas: number): Guarantees {
  const several = replicas > 1;
  return {
    'survives-pod-loss': several,
    'survives-node-loss': several,
    'rolls-without-downtime': several,
    'point-in-time-recovery': false,
    'online-resize': true,
    'tls-in-transit': true,
    'tls-rotation': true,
    'tested-restore': false,
  };
}

function validateEdgeUse(
  where: string,
  edge: GrafanaEdge | undefined,
  signIn: SignIn | undefined,
): ConfigurationError[] {
  if (edge === undefined) {
    return signIn === undefined
      ? []
      : [
          new ConfigurationError({
            code: 'sign-in-without-edge',
            where,
            problem: 'a sign-in with a provider requires an edge for the redirect',
            fix: "add 'edge', or remove 'signIn'",
          }),
        ];
  }
  if (/^https:\/\/[^/]+\/?$/.test(edge.url) && URL.canParse(edge.url)) return [];
  return [
    new ConfigurationError({
      code: 'url-invalid',
      where: `${where} › url`,
      problem: `url must be an https URL without a path, got '${edge.url}'`,
      fix: "write it like 'https://grafana.shop.example'",
    }),
  ];
}

function together(one: Resources, other: Resources): Resources {
  return {
    cpu: Cpu.millis(millicores(one.cpu) + millicores(other.cpu)),
    memory: Size.kibibytes(one.memory.toKibibytes() + other.memory.toKibibytes()),
  };
}

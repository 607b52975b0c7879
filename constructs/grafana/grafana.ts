import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Secret, Service, ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { checksum } from '../kubernetes/checksum.ts';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { labelsOf, selectorOf } from '../kubernetes/labels.ts';
import { egressTo, egressToExternal, namespacePeer, networkPolicy, tcp } from '../kubernetes/network-policy.ts';
import { object } from '../kubernetes/object.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import type { SecretFile } from '../kubernetes/secret-file.ts';
import { Cpu, millicores, Size } from '../kubernetes/units.ts';
import type { BackingService, Guarantees, Platform } from '../platform/index.ts';
import { PROMETHEUS_PORT, type Prometheus } from '../prometheus/index.ts';
import { AUTHORITY, dashboardProvider, datasources, GRAFANA_PORT, grafanaIni, SECRETS } from './configuration.ts';
import { boards, dashboard } from './dashboards/index.ts';
import { type Database, databaseOf } from './database.ts';
import { GRAFANA, grafanaPod, RENEWAL_RESOURCES } from './pods.ts';
import { type SignIn, validateSignIn } from './sign-in.ts';

const SECRET = 'grafana';

/** Who lets people in from outside of the cluster. */
export interface GrafanaEdge {
  /** URL under which they reach Grafana, such as `https://grafana.shop.example`. */
  readonly url: string;
  /** Namespace of the Ingress controller or gateway, whose pods alone may come in. It speaks HTTPS to the Service `grafana`, port 443. */
  readonly controllerNamespace: string;
}

export interface GrafanaProps {
  readonly platform: Platform;
  /** Image that keeps to the public image's contract, 10.3 or newer. */
  readonly image: string;
  readonly prometheus: Prometheus;
  /** Of each pod. @default 100m and 256Mi */
  readonly resources?: Resources;
  /** PostgreSQL for what people do in it, which two replicas share. @default none: one replica, which forgets sessions with its pod */
  readonly database?: BackingService;
  /** @default none: the administrator only, whose password is a deploy-time secret */
  readonly signIn?: SignIn;
  /** @default none: by `kubectl port-forward` only */
  readonly edge?: GrafanaEdge;
}

/**
 * Grafana with the platform's dashboards: an overview, one for each service by its contract, one for each system. All of
 * it is provisioned, read-only, and behind a sign-in; it asks Prometheus by its own identity.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props that it can't keep
 */
export class Grafana extends Construct {
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

    object<ServiceAccount>(this, 'account', 'grafana', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata,
      automountServiceAccountToken: false,
    });
    const authority = signIn?.authority;
    const trusted = authority === undefined ? {} : { [AUTHORITY]: authority };
    const data = { 'grafana.ini': ini, 'datasources.yaml': source, 'dashboards.yaml': dashboardProvider(), ...trusted };
    object<ConfigMap>(this, 'config', 'grafana', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    object<ConfigMap>(this, 'dashboards', 'grafana (dashboards), and the contracts', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, name: `${GRAFANA}-dashboards` },
      // Which systems there are is known when all of them are; Grafana reads a changed dashboard without a restart.
      data: Lazy.any({ produce: () => dashboardFiles(platform, prometheus) }) as Record<string, string>,
    });
    object<Service>(this, 'service', 'grafana', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    });
    this.#makeNetwork(platform, prometheus, store, signIn, edge);
    if (replicas > 1) {
      object<PodDisruptionBudget>(this, 'disruption', 'grafana.database', {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata,
        spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
      });
    }
    const pods = object<Deployment>(this, 'pods', 'grafana', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
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

  /** The deploy-time secrets, and the files that they are in. @param kept whether a database outlives the pods */
  #makeSecret({ namespace, system }: Platform, signIn: SignIn | undefined, kept: boolean): SecretFile[] {
    const stringData = {
      admin: deployTimeSecret('grafana/admin', 'password'),
      'secret-key': deployTimeSecret('grafana/secret-key', 'password'),
      ...(signIn === undefined ? {} : { oidc: deployTimeSecret('grafana/oidc', 'password') }),
    };
    object<Secret>(this, 'secret', 'grafana', {
      apiVersion: 'v1',
      kind: 'Secret',
      // Both are in a database that stays as well; one that ends with its pod takes what it finds.
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

/** Nothing in it must last but what people do, which the database keeps. */
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
            problem: 'people sign in by a provider that must send them back, and there is no way in',
            fix: "give it an 'edge', or remove 'signIn'",
          }),
        ];
  }
  if (/^https:\/\/[^/]+\/?$/.test(edge.url) && URL.canParse(edge.url)) return [];
  return [
    new ConfigurationError({
      code: 'url-invalid',
      where: `${where} › url`,
      problem: `'${edge.url}' is no https URL of a host`,
      fix: "write such as 'https://grafana.shop.example'",
    }),
  ];
}

function together(one: Resources, other: Resources): Resources {
  return {
    cpu: Cpu.millis(millicores(one.cpu) + millicores(other.cpu)),
    memory: Size.kibibytes(one.memory.toKibibytes() + other.memory.toKibibytes()),
  };
}

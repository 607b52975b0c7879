import { Mistake, refuse } from '@groundwork/contract';
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Secret, Service, ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { checksum } from '../kubernetes/checksum.ts';
import { labelsOf, selectorOf } from '../kubernetes/labels.ts';
import { late } from '../kubernetes/deploy-time-secret.ts';
import { object } from '../kubernetes/object.ts';
import { egressOutside } from '../kubernetes/outside.ts';
import type { Backing, GuaranteeSheet, Platform } from '../platform/index.ts';
import { PROMETHEUS_PORT, type Prometheus } from '../prometheus/index.ts';
import { type Resources, resourceMistakes } from '../kubernetes/resources.ts';
import type { SecretFile } from '../kubernetes/secret-file.ts';
import { Cpu, millicores, Size } from '../kubernetes/units.ts';
import { AUTHORITY, dashboardProvider, datasources, GRAFANA_PORT, grafanaIni, SECRETS } from './configuration.ts';
import { boards, dashboard } from './dashboards/index.ts';
import { type Database, databaseOf } from './database.ts';
import { GRAFANA, grafanaPod, RENEWAL_RESOURCES } from './pods.ts';
import { type SignIn, signInMistakes } from './sign-in.ts';

const SECRET = 'grafana';

/** Who lets people in from outside of the cluster. */
export interface Door {
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
  readonly database?: Backing;
  /** @default none: the administrator only, whose password is a late value */
  readonly signIn?: SignIn;
  /** @default none: by `kubectl port-forward` only */
  readonly door?: Door;
}

/**
 * Grafana with the platform's dashboards: an overview, one for each service by its contract, one for each system. All of
 * it is provisioned, read-only, and behind a sign-in; it asks Prometheus by its own identity.
 * @throws Mistake (or `Mistakes`) for props that it can't keep
 */
export class Grafana extends Construct {
  public readonly guarantees: GuaranteeSheet;

  public constructor(scope: Construct, id: string, props: GrafanaProps) {
    super(scope, id);
    const {
      platform,
      image,
      prometheus,
      resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
      database,
      signIn,
      door,
    } = props;
    const where = `environment '${platform.environment}' › grafana`;
    refuse([
      ...resourceMistakes(`${where} › resources`, resources),
      ...(signIn === undefined ? [] : signInMistakes(`${where} › signIn`, signIn)),
      ...doorMistakes(`${where} › door`, door, signIn),
    ]);
    const { environment, namespace, system } = platform;
    const metadata = { name: GRAFANA, namespace, labels: labelsOf(system, GRAFANA) };
    const selector = selectorOf(system, GRAFANA);
    const serverName = `${GRAFANA}.${namespace}.svc.cluster.local`;
    const replicas = database === undefined ? 1 : 2;
    this.guarantees = sheet(replicas);
    platform.state(GRAFANA, this.guarantees);

    const identity = platform.identities.issue(this, { account: GRAFANA, dnsNames: [serverName], cause: 'grafana' });
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
    const ini = grafanaIni({ url: door?.url ?? `https://${serverName}`, database: store, signIn });
    const source = datasources(prometheus.letRead(GRAFANA, 'grafana'));
    const late = this.#makeSecret(platform, signIn, store !== undefined);

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
    this.#makeNetwork(platform, prometheus, store, signIn, door);
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
            files: [...identity.files(), ...late, ...(store?.files ?? [])],
          }),
        },
      },
    });
    if (Construct.isConstruct(database)) pods.node.addDependency(database);
    platform.claim({ name: GRAFANA, pods: replicas + 1, resources: together(resources, RENEWAL_RESOURCES) });
  }

  /** The late values, and the files that they are in. @param kept whether a database outlives the pods */
  #makeSecret({ namespace, system }: Platform, signIn: SignIn | undefined, kept: boolean): SecretFile[] {
    const stringData = {
      admin: late('grafana/admin', 'password'),
      'secret-key': late('grafana/secret-key', 'password'),
      ...(signIn === undefined ? {} : { oidc: late('grafana/oidc', 'password') }),
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
    door: Door | undefined,
  ): void {
    const to = (selector: Readonly<Record<string, string>>, port: number) => ({
      to: [{ podSelector: { matchLabels: { ...selector } } }],
      ports: [{ protocol: 'TCP', port }],
    });
    object<NetworkPolicy>(this, 'network', 'grafana', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: GRAFANA, namespace, labels: labelsOf(system, GRAFANA) },
      spec: {
        podSelector: { matchLabels: selectorOf(system, GRAFANA) },
        policyTypes: ['Ingress', 'Egress'],
        ...(door === undefined
          ? {}
          : {
              ingress: [
                {
                  from: [
                    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': door.controllerNamespace } } },
                  ],
                  ports: [{ protocol: 'TCP', port: GRAFANA_PORT }],
                },
              ],
            }),
        egress: [
          to(prometheus.selector, PROMETHEUS_PORT),
          ...(database?.peers ?? []).map(({ selector, port }) => to(selector, port)),
          ...(signIn === undefined ? [] : [egressOutside(signIn.egress)]),
        ],
      },
    });
  }
}

function dashboardFiles({ system, graph }: Platform, { jobs }: Prometheus): Record<string, string> {
  return Object.fromEntries(
    boards(system, graph, jobs).map((board) => [`${board.name}.json`, JSON.stringify(dashboard(board))]),
  );
}

/** Nothing in it must last but what people do, which the database keeps. */
function sheet(replicas: number): GuaranteeSheet {
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

function doorMistakes(where: string, door: Door | undefined, signIn: SignIn | undefined): Mistake[] {
  if (door === undefined) {
    return signIn === undefined
      ? []
      : [
          new Mistake(
            where,
            'people sign in by a provider that must send them back, and there is no way in',
            "give it a 'door', or take 'signIn' out",
          ),
        ];
  }
  if (/^https:\/\/[^/]+\/?$/.test(door.url) && URL.canParse(door.url)) return [];
  return [
    new Mistake(
      `${where} › url`,
      `'${door.url}' is no https URL of a host`,
      "write such as 'https://grafana.shop.example'",
    ),
  ];
}

function together(one: Resources, other: Resources): Resources {
  return {
    cpu: Cpu.millis(millicores(one.cpu) + millicores(other.cpu)),
    memory: Size.kibibytes(one.memory.toKibibytes() + other.memory.toKibibytes()),
  };
}

import { ConfigurationError, type Contract, dnsLabel, type Need, throwIfAny } from '@groundwork/contract';
import { App } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { type Edge, edgeUrl, validateEdge } from '../edge/edge.ts';
import type { Graph } from '../graph/index.ts';
import { Identities, type IdentityProps, validateIdentity } from '../identity/index.ts';
import { rejectUnresolvedSecrets } from '../kubernetes/deploy-time-secret.ts';
import { ExternalSecretResolver, type ExternalSecretStore, validateStore } from '../kubernetes/external-secret.ts';
import {
  type ApiServer,
  addNetworkRules,
  egressToApiServer,
  ingressFrom,
  validateSelector,
} from '../kubernetes/network-policy.ts';
import { labelsOf } from '../kubernetes/object.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { type BackingService, type Connection, EVENTS, provider, type Workload } from './backing-service.ts';
import { type GuaranteeReport, type Guarantees, type Requirement, unmetRequirements } from './guarantees.ts';
import { makeNamespace } from './namespace.ts';
import { denyAllTraffic } from './network.ts';
import { type Quota, type Reservation, validateQuota, validateQuotaBounds } from './quota.ts';
import type { MetricsCollector, ScrapeTarget } from './scrape-target.ts';
import { validateEdgeUse, validateNamespaceUnique } from './validate.ts';

/** Props of `Platform`. */
export interface PlatformProps {
  /** Name of the environment, such as `dev`; services read it from `ENVIRONMENT`. */
  readonly environment: string;
  /** Name of the system that the services form, such as `shop`. */
  readonly system: string;
  /** Contracts of all services. */
  readonly graph: Graph;
  /** Namespace of all objects. @default `<system>-<environment>` */
  readonly namespace?: string;
  /** ResourceQuota of the namespace. It must suffice for all workloads at their largest. */
  readonly quota: Quota;
  /** Requests and limits of containers without any; all constructs set theirs. @default 100m and 128Mi */
  readonly containerDefaults?: Resources;
  /** How external clients reach the edge contract. @default none: no contract may be an edge */
  readonly edge?: Edge;
  /** Issuer and lifetime of workload certificates. @default a separate authority in the namespace */
  readonly identity?: IdentityProps;
  /** Address of the API server, for pods that need it. @default private networks (RFC 1918), ports 443 and 6443 */
  readonly apiServer?: ApiServer;
  /** Required guarantees for each kind of backing service. @default none */
  readonly requirements?: Readonly<Record<string, Requirement>>;
  /**
   * Store of External Secrets Operator: Secrets with deploy-time secrets become ExternalSecrets, which any outlet may
   * write, such as `cdk8s synth`. @default none: the outlet must have the values, as Pulumi does
   */
  readonly externalSecrets?: ExternalSecretStore;
}

/**
 * The environment of the services: an isolated namespace with a quota, an edge, and a backing service for each kind of
 * need. All traffic is denied unless a contract allows it.
 * @throws ConfigurationError (or `ConfigurationErrors`) for invalid props, before any object is created
 */
export class Platform extends Construct {
  public readonly environment: string;
  public readonly system: string;
  /** Namespace of its objects. */
  public readonly namespace: string;
  public readonly graph: Graph;
  /** How external clients reach the system; undefined if they do not. */
  public readonly edge: Edge | undefined;
  /** Issues certificates for the workloads of the namespace. */
  public readonly identities: Identities;
  /** Egress rule that allows pods to connect to the API server. */
  public readonly toApiServer: NetworkPolicyEgressRule;
  readonly #requirements: Readonly<Record<string, Requirement>>;
  readonly #quota: Quota;
  readonly #backings = new Map<string, BackingService>();
  /** Guarantees of systems that are not backing services. */
  readonly #stated = new Map<string, Guarantees>();
  /** Names of workloads that are connected to their backing services. */
  readonly #connected = new Set<string>();
  readonly #reservations: Reservation[] = [];
  readonly #targets: ScrapeTarget[] = [];
  #collector: MetricsCollector | undefined;

  public constructor(scope: Construct, id: string, props: PlatformProps) {
    super(scope, id);
    const {
      environment,
      system,
      graph,
      quota,
      edge,
      apiServer,
      externalSecrets,
      identity = {},
      requirements = {},
      namespace = `${system}-${environment}`,
    } = props;
    const { containerDefaults = { cpu: Cpu.millis(100), memory: Size.mebibytes(128) } } = props;
    const where = `environment '${environment}'`;
    dnsLabel(environment, `${where} › environment`);
    dnsLabel(system, `${where} › system`);
    dnsLabel(namespace, `${where} › namespace`, 63);
    throwIfAny([
      ...validateQuotaBounds(where, quota),
      ...validateResource(`${where} › containerDefaults`, containerDefaults),
      ...(edge === undefined ? [] : validateEdge(`${where} › edge`, edge)),
      ...validateIdentity(`${where} › identity`, identity),
      ...(externalSecrets === undefined ? [] : validateStore(`${where} › externalSecrets`, externalSecrets)),
      ...validateEdgeUse(environment, edge, graph),
      ...validateNamespaceUnique(where, namespace, scope.node.root.node.findAll().filter(isPlatform)),
    ]);
    this.environment = environment;
    this.system = system;
    this.namespace = namespace;
    this.graph = graph;
    this.edge = edge;
    this.#requirements = requirements;
    this.#quota = quota;
    this.toApiServer = egressToApiServer(apiServer);
    this.identities = new Identities(this, 'identities', { environment, system, namespace, ...identity });
    makeNamespace(this, { name: namespace, system, environment, quota, containerDefaults });
    denyAllTraffic(this, namespace, system);
    rejectUnresolvedSecrets(this.node);
    if (externalSecrets !== undefined)
      App.of(this).resolvers.unshift(new ExternalSecretResolver(namespace, externalSecrets));
    this.node.addValidation({ validate: () => this.#validateComplete(where).map(({ message }) => message) });
  }

  /** URL under which clients reach the system, such as `https://shop.example`; undefined without an edge. */
  public get url(): string | undefined {
    return this.edge && edgeUrl(this.edge);
  }

  /**
   * Adds the backing service for needs of one kind.
   * @throws ConfigurationError if the kind already has one, or it does not keep the required guarantees
   */
  public addBackingService(kind: string, backing: BackingService): void {
    const where = `environment '${this.environment}' › ${kind}`;
    if (this.#backings.has(kind))
      throw new ConfigurationError({
        code: 'backing-service-duplicate',
        where,
        problem: `'${kind}' already has a backing service`,
        fix: 'add one backing service for each kind of need; those of this library, such as Postgres, add themselves',
      });
    if (backing.everywhere && this.#connected.size > 0)
      throw new ConfigurationError({
        code: 'backing-service-late',
        where,
        problem: `every workload is connected to it, but ${[...this.#connected].join(', ')} ${this.#connected.size > 1 ? 'were' : 'was'} created before`,
        fix: 'create it before the workloads',
      });
    const requirement = this.#requirements[kind];
    if (requirement !== undefined) throwIfAny(unmetRequirements(where, backing.guarantees, requirement));
    this.#backings.set(kind, backing);
  }

  /**
   * Declares and checks the guarantees of a system that no contract needs, such as `prometheus`.
   * @throws ConfigurationError if it does not keep the required guarantees
   */
  public declareGuarantees(kind: string, guarantees: Guarantees): void {
    const requirement = this.#requirements[kind];
    if (requirement !== undefined)
      throwIfAny(unmetRequirements(`environment '${this.environment}' › ${kind}`, guarantees, requirement));
    this.#stated.set(kind, guarantees);
  }

  /** Declared guarantees and requirements of each system. */
  public get guaranteeReports(): readonly GuaranteeReport[] {
    const backings = [...this.#backings].map(([kind, backing]) => ({
      kind,
      backEnd: backing.constructor.name,
      sheet: backing.guarantees,
    }));
    const others = [...this.#stated].map(([kind, sheet]) => ({ kind, backEnd: undefined, sheet }));
    return [...backings, ...others].map((statement) => ({
      ...statement,
      requirement: this.#requirements[statement.kind],
    }));
  }

  /**
   * Connects a workload to its backing services: one connection for each need, in the order of the contract.
   * @throws ConfigurationError for a need without a backing service
   */
  public connect(workload: Workload): readonly Connection[] {
    this.#connected.add(workload.name);
    return this.#needsOf(workload.contract).map(({ need, field }) => {
      const connection = this.#backingOf(need, workload.contract, field).connect(workload, need);
      const where = `contract '${workload.name}' › ${field} › peers`;
      throwIfAny((connection.peers ?? []).flatMap(({ selector }) => validateSelector(where, selector)));
      return connection;
    });
  }

  /** Backing services of a contract that are constructs, which its pods depend on. */
  public backingServicesOf(contract: Contract): readonly Construct[] {
    const kinds = new Set(this.#needsOf(contract).map(({ need }) => need.kind));
    return [...kinds].map((kind) => this.#backings.get(kind)).filter((backing) => Construct.isConstruct(backing));
  }

  /** Adds a scrape target: the environment's metrics collector, and no other client, may connect to it. */
  public addScrapeTarget(target: ScrapeTarget): void {
    throwIfAny(validateSelector(`scrape target '${target.name}' › selector`, target.selector));
    this.#targets.push(target);
    if (this.#collector !== undefined) this.#allowIngress(target, this.#collector);
  }

  /**
   * Adds the metrics collector of the environment; it receives every target, including earlier ones.
   * @throws ConfigurationError if there already is one
   */
  public addMetricsCollector(collector: MetricsCollector): void {
    if (this.#collector !== undefined)
      throw new ConfigurationError({
        code: 'metrics-collector-duplicate',
        where: `environment '${this.environment}'`,
        problem: 'the platform already has a metrics collector',
        fix: 'call addMetricsCollector only once',
      });
    throwIfAny(
      validateSelector(`environment '${this.environment}' › metrics collector › selector`, collector.selector),
    );
    this.#collector = collector;
    for (const target of this.#targets) this.#allowIngress(target, collector);
  }

  /** Records what a workload may request; the sum is checked against the quota at synth. */
  public reserve(reservation: Reservation): void {
    this.#reservations.push(reservation);
  }

  #allowIngress(target: ScrapeTarget, collector: MetricsCollector): void {
    const { name, selector, port, origin } = target;
    addNetworkRules(this, `metrics-of-${name}`, origin, {
      metadata: { name: `metrics-of-${name}`, namespace: this.namespace, labels: labelsOf(this.system, name) },
      selector,
      ingress: [ingressFrom(collector.selector, port)],
    });
    collector.collect(target);
  }

  /** Needs in `owns`, and those that derive from other fields of the contract and from the environment. */
  #needsOf({ owns, publishes, consumes }: Contract): { readonly need: Need; readonly field: string }[] {
    const everywhere = [...this.#backings].filter(([, backing]) => backing.everywhere);
    return [
      ...owns.map((need, index) => ({ need, field: `owns[${index}]` })),
      ...(publishes.length > 0 || consumes.length > 0
        ? [{ need: { kind: EVENTS }, field: publishes.length > 0 ? 'publishes' : 'consumes' }]
        : []),
      ...everywhere.map(([kind]) => ({ need: { kind }, field: 'name' })),
    ];
  }

  #backingOf(need: Need, contract: Contract, field: string): BackingService {
    const backing = this.#backings.get(need.kind);
    if (backing !== undefined) return backing;
    const known = [...this.#backings.keys()].sort().join(', ') || '(none)';
    throw new ConfigurationError({
      code: 'backing-service-missing',
      where: `contract '${contract.name}' › ${field}`,
      problem: `no backing service of environment '${this.environment}' provides '${need.kind}'; there are: ${known}`,
      fix: `create ${provider(need.kind)}, or correct the need's kind`,
    });
  }

  /** Checks that require the complete construct tree. */
  #validateComplete(where: string): ConfigurationError[] {
    const idle = Object.keys(this.#requirements).filter((kind) => !this.#backings.has(kind) && !this.#stated.has(kind));
    return [
      ...validateQuota(where, this.#quota, this.#reservations),
      ...idle.map(
        (kind) =>
          new ConfigurationError({
            code: 'backing-service-missing',
            where: `${where} › requirements.${kind}`,
            problem: `guarantees of '${kind}' are required, but it has no backing service`,
            fix: `create ${provider(kind)}`,
          }),
      ),
    ];
  }
}

function isPlatform(construct: IConstruct): construct is Platform {
  return construct instanceof Platform;
}

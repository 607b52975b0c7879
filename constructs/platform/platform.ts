import { ConfigurationError, type Contract, dnsLabel, type Need, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { type Edge, edgeUrl, validateEdge } from '../edge/edge.ts';
import type { Graph } from '../graph/index.ts';
import { Identities, type IdentityProps, validateIdentity } from '../identity/index.ts';
import { labelsOf } from '../kubernetes/labels.ts';
import { addNetworkRules, ingressFrom } from '../kubernetes/network-policy.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { type ApiServer, egressToApiServer } from './api-server.ts';
import type { BackingService, Connection, Workload } from './backing-service.ts';
import { type GuaranteeReport, type Guarantees, type Requirement, unmetRequirements } from './guarantees.ts';
import { makeNamespace } from './namespace.ts';
import { denyAllTraffic } from './network.ts';
import { type Quota, type Reservation, validateQuota, validateQuotaBounds } from './quota.ts';
import type { MetricsCollector, ScrapeTarget } from './scrape-target.ts';

/** Kind of the need that follows from `publishes` and `consumes`: the event bus. */
export const EVENTS = 'events';

export interface PlatformProps {
  /** Such as `dev`; services find it in `ENVIRONMENT`. */
  readonly environment: string;
  /** System that the services make up, such as `shop`. */
  readonly system: string;
  /** Contracts of all its services. */
  readonly graph: Graph;
  /** Namespace that holds it. @default `<system>-<environment>` */
  readonly namespace?: string;
  /** The most that all pods may have together. It must be enough for every workload at its largest. */
  readonly quota: Quota;
  /** Requests and limits of a container that states none; those of the constructs do. @default 100m and 128Mi */
  readonly containerDefaults?: Resources;
  /** How the world outside gets to the service that is open to it. @default it doesn't: no contract may be an edge */
  readonly edge?: Edge;
  /** Who issues the certificates of all that runs in it. @default an authority of its own */
  readonly identity?: IdentityProps;
  /** Where the cluster's API server answers, for the few pods that ask it. @default private networks (RFC 1918), ports 443 and 6443 */
  readonly apiServer?: ApiServer;
  /** What is asked of each kind of backing service. @default nothing */
  readonly requirements?: Readonly<Record<string, Requirement>>;
}

/**
 * What an environment gives to its services: a closed namespace with a quota, a way in, and a backing service for each
 * kind of need. Nothing in it can be reached until a contract says so.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props that can't be kept, before any object is made
 */
export class Platform extends Construct {
  public readonly environment: string;
  public readonly system: string;
  public readonly namespace: string;
  public readonly graph: Graph;
  public readonly edge: Edge | undefined;
  /** Certificates of all that runs in it. */
  public readonly identities: Identities;
  /** Rule of a NetworkPolicy that lets pods ask the API server. */
  public readonly toApiServer: NetworkPolicyEgressRule;
  readonly #requirements: Readonly<Record<string, Requirement>>;
  readonly #quota: Quota;
  readonly #backings = new Map<string, BackingService>();
  /** Systems besides the backings that have stated what they keep. */
  readonly #stated = new Map<string, Guarantees>();
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
      ...validateEdgeUse(environment, edge, graph),
      ...validateNamespaceUnique(this, where, namespace),
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
    this.node.addValidation({ validate: () => this.#validateComplete(where).map(({ message }) => message) });
  }

  /** URL under which clients reach the system, such as `https://shop.example`; undefined without an edge. */
  public get url(): string | undefined {
    return this.edge && edgeUrl(this.edge);
  }

  /**
   * Adds the backing service that provides for needs of one kind.
   * @throws ConfigurationError when the kind has one already, or when it doesn't keep what the environment demands.
   */
  public addBackingService(kind: string, backing: BackingService): void {
    const where = `environment '${this.environment}' › ${kind}`;
    if (this.#backings.has(kind))
      throw new ConfigurationError({
        code: 'backing-service-duplicate',
        where,
        problem: `'${kind}' has a backing service already`,
        fix: 'add one for each kind of need',
      });
    const requirement = this.#requirements[kind];
    if (requirement !== undefined) throwIfAny(unmetRequirements(where, backing.guarantees, requirement));
    this.#backings.set(kind, backing);
  }

  /**
   * States what a system keeps that no contract needs, such as `prometheus`, and holds it against what the environment demands.
   * @throws ConfigurationError when it doesn't keep that
   */
  public declareGuarantees(kind: string, guarantees: Guarantees): void {
    const requirement = this.#requirements[kind];
    if (requirement !== undefined)
      throwIfAny(unmetRequirements(`environment '${this.environment}' › ${kind}`, guarantees, requirement));
    this.#stated.set(kind, guarantees);
  }

  /** What each system keeps, as far as it states that, and what is asked of it. */
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
   * Connects a workload to what it needs: one connection for what its contract owns, in the contract's order; one to the
   * event bus if it publishes or consumes; one to each system that serves every workload.
   * @throws ConfigurationError for a need that no backing service provides for.
   */
  public connect(workload: Workload): readonly Connection[] {
    return this.#needsOf(workload.contract).map(({ need, field }) =>
      this.#backingOf(need, workload.contract, field).connect(workload, need),
    );
  }

  /** The backing services that a contract's needs are connected to, as far as they are constructs: what its pods come after. */
  public backingServicesOf(contract: Contract): readonly Construct[] {
    const kinds = new Set(this.#needsOf(contract).map(({ need }) => need.kind));
    return [...kinds].map((kind) => this.#backings.get(kind)).filter((backing) => Construct.isConstruct(backing));
  }

  /** Shows metrics to the environment's collector, and lets it in; nobody else. */
  public addScrapeTarget(target: ScrapeTarget): void {
    this.#targets.push(target);
    if (this.#collector !== undefined) this.#allowIngress(target, this.#collector);
  }

  /**
   * Adds what collects the environment's metrics; it learns of each target, earlier ones too.
   * @throws ConfigurationError when there is one already
   */
  public addMetricsCollector(collector: MetricsCollector): void {
    if (this.#collector !== undefined)
      throw new ConfigurationError({
        code: 'metrics-collector-duplicate',
        where: `environment '${this.environment}'`,
        problem: 'it has a collector of metrics already',
        fix: 'add one',
      });
    this.#collector = collector;
    for (const target of this.#targets) this.#allowIngress(target, collector);
  }

  /** Notes what a workload may come to ask for; the sum is checked against the quota when the app is synthesized. */
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

  /** Needs that a contract states in 'owns', and those that follow from its other fields and from the environment. */
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
      fix: `platform.addBackingService('${need.kind}', …), or correct the need's kind`,
    });
  }

  /** What only shows when everything is in place. */
  #validateComplete(where: string): ConfigurationError[] {
    const idle = Object.keys(this.#requirements).filter((kind) => !this.#backings.has(kind) && !this.#stated.has(kind));
    return [
      ...validateQuota(where, this.#quota, this.#reservations),
      ...idle.map(
        (kind) =>
          new ConfigurationError({
            code: 'backing-service-missing',
            where: `${where} › demands.${kind}`,
            problem: `'${kind}' has no backing service to keep them`,
            fix: `add one with platform.addBackingService('${kind}', …)`,
          }),
      ),
    ];
  }
}

/** Two environments in one namespace would share accounts, and so be each other. */
function validateNamespaceUnique(platform: Platform, where: string, namespace: string): ConfigurationError[] {
  const others = platform.node.root.node
    .findAll()
    .filter((one): one is Platform => one instanceof Platform && one !== platform);
  return others
    .filter((other) => other.namespace === namespace)
    .map(
      ({ environment }) =>
        new ConfigurationError({
          code: 'namespace-duplicate',
          where: `${where} › namespace`,
          problem: `'${namespace}' is that of environment '${environment}'`,
          fix: 'give each a namespace of its own',
        }),
    );
}

/** An edge contract and a way in need each other: either alone would do nothing. */
function validateEdgeUse(environment: string, edge: Edge | undefined, graph: Graph): ConfigurationError[] {
  const edges = graph.contracts.filter((contract) => contract.edge).map(({ name }) => name);
  if (edge === undefined && edges.length > 0) {
    return [
      new ConfigurationError({
        code: 'edge-invalid',
        where: `contract '${edges[0]}' › edge`,
        problem: `environment '${environment}' has no way in`,
        fix: "give the platform an 'edge', or take 'edge' out of the contract",
      }),
    ];
  }
  if (edge !== undefined && edges.length !== 1) {
    const what =
      edges.length === 0
        ? 'no contract is an edge, so it leads nowhere'
        : `it can lead to one contract, and ${edges.join(' and ')} are edges`;
    return [
      new ConfigurationError({
        code: 'edge-invalid',
        where: `environment '${environment}' › edge`,
        problem: what,
        fix: "mark exactly one contract with 'edge: true'",
      }),
    ];
  }
  return [];
}

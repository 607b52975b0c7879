import { type Contract, dnsLabel, Mistake, type Need, refuse } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { NetworkPolicy, NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { type Edge, edgeMistakes, edgeUrl } from '../edge/edge.ts';
import type { Graph } from '../graph/index.ts';
import { Identities, type IdentityProps, identityMistakes } from '../identity/index.ts';
import { labelsOf } from '../kubernetes/labels.ts';
import { object } from '../kubernetes/object.ts';
import { type Resources, resourceMistakes } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { type ApiServer, egressTo } from './api-server.ts';
import type { Backing, Connection, Workload } from './backing-service.ts';
import { brokenDemands, type Demand, type GuaranteeSheet, type Statement } from './guarantees.ts';
import { makeNamespace } from './namespace.ts';
import { closeNetwork } from './network.ts';
import { type Claim, type Quota, quotaFaults, quotaMistakes } from './quota.ts';
import type { Collector, Target } from './scrape-target.ts';

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
  /** What is asked of each kind of backing system. @default nothing */
  readonly demands?: Readonly<Record<string, Demand>>;
}

/**
 * What an environment gives to its services: a closed namespace with a quota, a way in, and a backing system for each
 * kind of need. Nothing in it can be reached until a contract says so.
 * @throws Mistake (or `Mistakes`) for props that can't be kept, before any object is made
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
  readonly #demands: Readonly<Record<string, Demand>>;
  readonly #quota: Quota;
  readonly #backings = new Map<string, Backing>();
  /** Systems besides the backings that have stated what they keep. */
  readonly #stated = new Map<string, GuaranteeSheet>();
  readonly #claims: Claim[] = [];
  readonly #targets: Target[] = [];
  #collector: Collector | undefined;

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
      demands = {},
      namespace = `${system}-${environment}`,
    } = props;
    const { containerDefaults = { cpu: Cpu.millis(100), memory: Size.mebibytes(128) } } = props;
    const where = `environment '${environment}'`;
    dnsLabel(environment, `${where} › environment`);
    dnsLabel(system, `${where} › system`);
    dnsLabel(namespace, `${where} › namespace`, 63);
    refuse([
      ...quotaFaults(where, quota),
      ...resourceMistakes(`${where} › containerDefaults`, containerDefaults),
      ...(edge === undefined ? [] : edgeMistakes(`${where} › edge`, edge)),
      ...identityMistakes(`${where} › identity`, identity),
      ...doorMistakes(environment, edge, graph),
      ...neighbours(this, where, namespace),
    ]);
    this.environment = environment;
    this.system = system;
    this.namespace = namespace;
    this.graph = graph;
    this.edge = edge;
    this.#demands = demands;
    this.#quota = quota;
    this.toApiServer = egressTo(apiServer);
    this.identities = new Identities(this, 'identities', { environment, system, namespace, ...identity });
    makeNamespace(this, { name: namespace, system, environment, quota, containerDefaults });
    closeNetwork(this, namespace, system);
    this.node.addValidation({ validate: () => this.#openMistakes(where).map(({ message }) => message) });
  }

  /** URL under which clients reach the system, such as `https://shop.example`; undefined without an edge. */
  public get url(): string | undefined {
    return this.edge && edgeUrl(this.edge);
  }

  /**
   * Adds the backing system that provides for needs of one kind.
   * @throws Mistake when the kind has one already, or when it doesn't keep what the environment demands.
   */
  public addBacking(kind: string, backing: Backing): void {
    const where = `environment '${this.environment}' › ${kind}`;
    if (this.#backings.has(kind))
      throw new Mistake(where, `'${kind}' has a backing system already`, 'add one for each kind of need');
    const demand = this.#demands[kind];
    if (demand !== undefined) refuse(brokenDemands(where, backing.guarantees, demand));
    this.#backings.set(kind, backing);
  }

  /**
   * States what a system keeps that no contract needs, such as `prometheus`, and holds it against what the environment demands.
   * @throws Mistake when it doesn't keep that
   */
  public state(kind: string, guarantees: GuaranteeSheet): void {
    const demand = this.#demands[kind];
    if (demand !== undefined) refuse(brokenDemands(`environment '${this.environment}' › ${kind}`, guarantees, demand));
    this.#stated.set(kind, guarantees);
  }

  /** What each system keeps, as far as it states that, and what is asked of it. */
  public get statements(): readonly Statement[] {
    const backings = [...this.#backings].map(([kind, backing]) => ({
      kind,
      backEnd: backing.constructor.name,
      sheet: backing.guarantees,
    }));
    const others = [...this.#stated].map(([kind, sheet]) => ({ kind, backEnd: undefined, sheet }));
    return [...backings, ...others].map((statement) => ({ ...statement, demand: this.#demands[statement.kind] }));
  }

  /**
   * Connects a workload to what it needs: one connection for what its contract owns, in the contract's order; one to the
   * event bus if it publishes or consumes; one to each system that serves every workload.
   * @throws Mistake for a need that no backing system provides for.
   */
  public connect(workload: Workload): readonly Connection[] {
    return this.#needsOf(workload.contract).map(({ need, field }) =>
      this.#backingOf(need, workload.contract, field).connect(workload, need),
    );
  }

  /** The backing systems that a contract's needs are connected to, as far as they are constructs: what its pods come after. */
  public backingsOf(contract: Contract): readonly Construct[] {
    const kinds = new Set(this.#needsOf(contract).map(({ need }) => need.kind));
    return [...kinds].map((kind) => this.#backings.get(kind)).filter((backing) => Construct.isConstruct(backing));
  }

  /** Shows metrics to the environment's collector, and lets it in; nobody else. */
  public expose(target: Target): void {
    this.#targets.push(target);
    if (this.#collector !== undefined) this.#letIn(target, this.#collector);
  }

  /**
   * Adds what collects the environment's metrics; it learns of each target, earlier ones too.
   * @throws Mistake when there is one already
   */
  public addCollector(collector: Collector): void {
    if (this.#collector !== undefined)
      throw new Mistake(`environment '${this.environment}'`, 'it has a collector of metrics already', 'add one');
    this.#collector = collector;
    for (const target of this.#targets) this.#letIn(target, collector);
  }

  /** Notes what a workload may come to ask for; the sum is checked against the quota when the app is synthesized. */
  public claim(claim: Claim): void {
    this.#claims.push(claim);
  }

  #letIn(target: Target, collector: Collector): void {
    const { name, selector, port, cause } = target;
    object<NetworkPolicy>(this, `metrics-of-${name}`, cause, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `metrics-of-${name}`, namespace: this.namespace, labels: labelsOf(this.system, name) },
      spec: {
        podSelector: { matchLabels: { ...selector } },
        policyTypes: ['Ingress'],
        ingress: [
          { from: [{ podSelector: { matchLabels: { ...collector.selector } } }], ports: [{ protocol: 'TCP', port }] },
        ],
      },
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

  #backingOf(need: Need, contract: Contract, field: string): Backing {
    const backing = this.#backings.get(need.kind);
    if (backing !== undefined) return backing;
    const known = [...this.#backings.keys()].sort().join(', ') || '(none)';
    throw new Mistake(
      `contract '${contract.name}' › ${field}`,
      `no backing system of environment '${this.environment}' provides '${need.kind}'; there are: ${known}`,
      `platform.addBacking('${need.kind}', …), or correct the need's kind`,
    );
  }

  /** What only shows when everything is in place. */
  #openMistakes(where: string): Mistake[] {
    const idle = Object.keys(this.#demands).filter((kind) => !this.#backings.has(kind) && !this.#stated.has(kind));
    return [
      ...quotaMistakes(where, this.#quota, this.#claims),
      ...idle.map(
        (kind) =>
          new Mistake(
            `${where} › demands.${kind}`,
            `'${kind}' has no backing system to keep them`,
            `add one with platform.addBacking('${kind}', …)`,
          ),
      ),
    ];
  }
}

/** Two environments in one namespace would share accounts, and so be each other. */
function neighbours(platform: Platform, where: string, namespace: string): Mistake[] {
  const others = platform.node.root.node
    .findAll()
    .filter((one): one is Platform => one instanceof Platform && one !== platform);
  return others
    .filter((other) => other.namespace === namespace)
    .map(
      ({ environment }) =>
        new Mistake(
          `${where} › namespace`,
          `'${namespace}' is that of environment '${environment}'`,
          'give each a namespace of its own',
        ),
    );
}

/** An edge contract and a way in need each other: either alone would do nothing. */
function doorMistakes(environment: string, edge: Edge | undefined, graph: Graph): Mistake[] {
  const doors = graph.contracts.filter((contract) => contract.edge).map(({ name }) => name);
  if (edge === undefined && doors.length > 0) {
    return [
      new Mistake(
        `contract '${doors[0]}' › edge`,
        `environment '${environment}' has no way in`,
        "give the platform an 'edge', or take 'edge' out of the contract",
      ),
    ];
  }
  if (edge !== undefined && doors.length !== 1) {
    const what =
      doors.length === 0
        ? 'no contract is an edge, so it leads nowhere'
        : `it can lead to one contract, and ${doors.join(' and ')} are edges`;
    return [new Mistake(`environment '${environment}' › edge`, what, "mark exactly one contract with 'edge: true'")];
  }
  return [];
}

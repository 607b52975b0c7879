import { type Need, throwIfAny } from '@groundwork/contract';
import type { DesiredTopic } from '@groundwork/contract/desired-state';
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { addNetworkRules, podPeers } from '../kubernetes/network-policy.ts';
import { labelsOf } from '../kubernetes/object.ts';
import { together } from '../kubernetes/resources.ts';
import type { Spreading } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { makeAccount } from '../platform/account.ts';
import { type BackingService, type Connection, EVENTS, type Guarantees, type Workload } from '../platform/index.ts';
import { type EventBus, type EventBusProps, fullBus, outboxEnv } from './bus.ts';
import { CLIENT_PORT, CONTROLLER, KAFKA, METRICS_PORT } from './constants.ts';
import { desiredStateOf, groupOf } from './desired-state.ts';
import { CRUISE_CONTROL_RESOURCES, ENTITY_OPERATOR_RESOURCES, makeStrimziObjects } from './strimzi-objects.ts';
import { validateBus } from './validate.ts';

/** Props of `StrimziKafka`. */
export interface StrimziKafkaProps extends EventBusProps {
  /** Version of Kafka that the installed operator supports. @default '4.1.0', for Strimzi 0.48 and later */
  readonly version?: string;
  /** Whether Cruise Control rebalances partitions when brokers are added or removed. @default false */
  readonly cruiseControl?: boolean;
  /** Node label with the zone, for the rack awareness of the operator. @default 'topology.kubernetes.io/zone' */
  readonly rack?: string;
  /** Whether brokers, and controllers, must be spread over zones; each runs on a separate node anyway. @default 'preferred' */
  readonly zones?: Spreading;
}

/** Plain metrics of the operators that make topics and users, by scrape target; both run in one pod. */
const OPERATOR_PORTS = { 'kafka-topic-operator': 8080, 'kafka-user-operator': 8081 } as const;

/**
 * Kafka with the operator Strimzi, which must watch the namespace. Services have the same environment as with `Kafka`:
 * topics are KafkaTopics, and each service is a KafkaUser with simple authorization. Clients authenticate with the
 * platform's certificates.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props out of range, and for required guarantees of 'events'
 * that it does not keep
 */
export class StrimziKafka extends Construct implements BackingService {
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #bus: EventBus;
  readonly #clients: Readonly<Record<string, string>>[] = [];

  public constructor(scope: Construct, id: string, props: StrimziKafkaProps) {
    super(scope, id);
    const {
      platform,
      version = '4.1.0',
      cruiseControl = false,
      rack = 'topology.kubernetes.io/zone',
      zones = 'preferred',
    } = props;
    const bus = fullBus(props, {
      resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(2) },
      controllerResources: { cpu: Cpu.millis(100), memory: Size.gibibytes(1) },
    });
    throwIfAny(validateBus(`environment '${platform.environment}' › kafka`, bus));
    this.#bus = bus;
    this.guarantees = sheet(bus);
    platform.addBackingService(EVENTS, this);
    const identity = makeAccount(
      this,
      platform,
      KAFKA,
      [this.#host, `*.${KAFKA}-kafka-brokers.${platform.namespace}.svc`],
      'kafka',
      { keystores: true },
    );
    makeStrimziObjects(this, {
      bus,
      version,
      cruiseControl,
      rack,
      zones,
      identity,
      clients: Lazy.any({ produce: () => this.#clients.map((matchLabels) => ({ podSelector: { matchLabels } })) }),
    });
    this.#openNetwork();
    const { brokers, controllers, resources, controllerResources, storage, controllerStorage } = bus;
    this.#show(KAFKA, 'broker');
    platform.reserve({
      name: `${KAFKA}-entity-operator`,
      pods: 1,
      resources: together(ENTITY_OPERATOR_RESOURCES, ENTITY_OPERATOR_RESOURCES),
    });
    for (const [name, port] of Object.entries(OPERATOR_PORTS))
      platform.addScrapeTarget({
        name,
        selector: { 'strimzi.io/name': `${KAFKA}-entity-operator` },
        port,
        origin: 'kafka',
      });
    if (cruiseControl)
      platform.reserve({ name: `${KAFKA}-cruise-control`, pods: 1, resources: CRUISE_CONTROL_RESOURCES });
    platform.reserve({
      name: KAFKA,
      pods: brokers,
      resources,
      storage: Size.kibibytes(storage.toKibibytes() * brokers),
    });
    if (controllers === 0) return;
    this.#show(CONTROLLER, 'controller');
    const claimed = Size.kibibytes(controllerStorage.toKibibytes() * controllers);
    platform.reserve({ name: CONTROLLER, pods: controllers, resources: controllerResources, storage: claimed });
  }

  /** Topics of all events, and dead-letter topics, as the cluster must have them. */
  public get topics(): readonly DesiredTopic[] {
    return desiredStateOf(this.#bus).topics;
  }

  public connect({ name: service, selector }: Workload, _need: Need): Connection {
    this.#clients.push({ ...selector });
    return {
      env: {
        KAFKA_BROKERS: `${this.#host}:${CLIENT_PORT}`,
        KAFKA_GROUP: groupOf(service),
        ...outboxEnv(this.#bus, service),
      },
      peers: [{ selector: { 'strimzi.io/cluster': KAFKA, 'strimzi.io/broker-role': 'true' }, port: CLIENT_PORT }],
    };
  }

  #show(name: string, role: 'broker' | 'controller'): void {
    const selector = { 'strimzi.io/cluster': KAFKA, [`strimzi.io/${role}-role`]: 'true' };
    this.#bus.platform.addScrapeTarget({ name, selector, port: METRICS_PORT, serverName: this.#host, origin: 'kafka' });
  }

  get #host(): string {
    return `${KAFKA}-kafka-bootstrap.${this.#bus.platform.namespace}.svc`;
  }

  /** Egress rules. The operator's network policies only allow ingress, and the namespace denies egress. */
  #openNetwork(): void {
    const { namespace, system, toApiServer } = this.#bus.platform;
    const selector = { 'strimzi.io/cluster': KAFKA };
    const origin = 'kafka (between its pods, and from its operators to the API server)';
    addNetworkRules(this, 'network', origin, {
      metadata: { name: KAFKA, namespace, labels: labelsOf(system, KAFKA) },
      selector,
      egress: [{ to: podPeers(selector) }, toApiServer],
    });
  }
}

/** The operator rolls brokers one by one while partitions stay writable, and expands volumes if the class allows it. */
function sheet({ brokers, controllers, topics }: EventBus): Guarantees {
  const spare = topics.replication > topics.minInSyncReplicas && brokers > 1 && controllers > 1;
  return {
    'survives-pod-loss': true,
    'survives-node-loss': spare,
    'rolls-without-downtime': spare,
    'point-in-time-recovery': false,
    'online-resize': true,
    'tls-in-transit': true,
    // A renewed certificate causes a rolling restart, one broker at a time.
    'tls-rotation': spare,
    'tested-restore': false,
  };
}

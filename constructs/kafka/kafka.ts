import { type Need, throwIfAny } from '@groundwork/contract';
import type { DesiredTopic } from '@groundwork/contract/desired-state';
import { Construct } from 'constructs';
import { validateImages } from '../kubernetes/images.ts';
import { allowIngress, type NetworkEndpoint } from '../kubernetes/network-policy.ts';
import { labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { makeAccount } from '../platform/account.ts';
import { type BackingService, type Connection, EVENTS, type Guarantees, type Workload } from '../platform/index.ts';
import { PROVISIONING_RESOURCES } from '../platform/provisioning-job.ts';
import { type EventBus, type EventBusProps, fullBus, outboxEnv } from './bus.ts';
import {
  BROKERS_SERVICE,
  CLIENT_PORT,
  CONTROLLER,
  CONTROLLERS_SERVICE,
  FIRST_CONTROLLER,
  KAFKA,
  METRICS_PORT,
  PROVISIONER,
} from './constants.ts';
import { desiredStateOf, groupOf } from './desired-state.ts';
import { makeNodes } from './nodes.ts';
import { BROKER_PORTS, CONTROLLER_PORTS, podResources } from './pods.ts';
import { provision } from './provisioning.ts';
import {
  bootstrapHost,
  brokerProperties,
  clusterId,
  controllerProperties,
  controllersHost,
  serverNames,
} from './settings.ts';
import { validateBus } from './validate.ts';

/** Network endpoint of the brokers, for clients. */
const CLIENT_DOOR: NetworkEndpoint = { name: KAFKA, port: CLIENT_PORT };

/** Props of `Kafka`. */
export interface KafkaProps extends EventBusProps {
  /** Image with Java, and with Kafka's JARs, the JMX exporter and Groundwork's TLS library in /opt/kafka/libs. */
  readonly image: string;
  /** Image of Groundwork's provisioner. */
  readonly provisioner: string;
  /** Whether two brokers, or two controllers, may share a node, for clusters with one node. @default false */
  readonly shareNodes?: boolean;
}

/**
 * The builtin Kafka: KRaft, in StatefulSets. Topics, ACLs and consumer groups derive from the contracts. Clients
 * authenticate with a certificate, whose common name is the principal, and may do what their contract declares.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props out of range, and for required guarantees of 'events'
 * that it does not keep
 */
export class Kafka extends Construct implements BackingService {
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #bus: EventBus;

  public constructor(scope: Construct, id: string, props: KafkaProps) {
    super(scope, id);
    const { platform, image, provisioner, shareNodes = false } = props;
    const bus = fullBus(props, {
      resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(2) },
      controllerResources: { cpu: Cpu.millis(100), memory: Size.mebibytes(768) },
    });
    const where = `environment '${platform.environment}' › kafka`;
    throwIfAny([...validateImages(where, { image, provisioner }), ...validateBus(where, bus)]);
    this.#bus = bus;
    this.guarantees = sheet(bus, shareNodes);
    platform.addBackingService(EVENTS, this);
    this.#makeCluster(image, provisioner, shareNodes);
    this.#provision(provisioner);
  }

  /** Topics of all events, and dead-letter topics, as the cluster must have them. */
  public get topics(): readonly DesiredTopic[] {
    return desiredStateOf(this.#bus).topics;
  }

  /** Connects a service: bootstrap address and consumer group; a topic has the name of its event. */
  public connect({ name: service, selector }: Workload, _need: Need): Connection {
    const { platform } = this.#bus;
    const origin = `contract '${service}' › publishes, consumes`;
    allowIngress(new Construct(this, service), platform, CLIENT_DOOR, { name: service, selectors: [selector] }, origin);
    return {
      env: {
        KAFKA_BROKERS: `${bootstrapHost(platform)}:${CLIENT_PORT}`,
        KAFKA_GROUP: groupOf(service),
        ...outboxEnv(this.#bus, service),
      },
      peers: [{ selector: selectorOf(platform.system, KAFKA), port: CLIENT_PORT }],
    };
  }

  #makeCluster(image: string, provisioner: string, shareNodes: boolean): void {
    const { platform, brokers, controllers, storage, controllerStorage, storageClass, resources, controllerResources } =
      this.#bus;
    const { namespace, system } = platform;
    const alone = controllers === 0;
    const identity = makeAccount(this, platform, KAFKA, serverNames(this.#bus), 'kafka');
    const every = { namespace, image, provisioner, clusterId: clusterId(platform), identity, storageClass };
    makeNodes(new Construct(this, 'brokers'), {
      system,
      properties: brokerProperties(this.#bus),
      origin: 'kafka.brokers',
      nodes: {
        ...every,
        name: KAFKA,
        service: BROKERS_SERVICE,
        role: 'broker',
        firstId: 0,
        replicas: brokers,
        resources,
        storage,
        apart: brokers > 1 && !shareNodes,
        ports: alone ? [...BROKER_PORTS, ...CONTROLLER_PORTS] : BROKER_PORTS,
      },
    });
    this.#show(KAFKA, bootstrapHost(platform));
    platform.reserve({
      name: KAFKA,
      pods: brokers,
      resources: podResources(resources),
      storage: times(storage, brokers),
    });
    object(this, 'bootstrap', 'kafka', 'Service', {
      metadata: { name: KAFKA, namespace, labels: labelsOf(system, KAFKA) },
      // The bootstrap Service: a client asks any ready broker for metadata, and then connects to each broker by its DNS name.
      spec: {
        selector: selectorOf(system, KAFKA),
        ports: [{ name: 'clients', port: CLIENT_PORT, targetPort: 'clients' }],
      },
    });
    if (alone) return;
    makeNodes(new Construct(this, 'controllers'), {
      system,
      properties: controllerProperties(this.#bus),
      origin: 'kafka.controllers',
      nodes: {
        ...every,
        name: CONTROLLER,
        service: CONTROLLERS_SERVICE,
        role: 'controller',
        firstId: FIRST_CONTROLLER,
        replicas: controllers,
        resources: controllerResources,
        storage: controllerStorage,
        apart: controllers > 1 && !shareNodes,
        ports: CONTROLLER_PORTS,
      },
    });
    this.#show(CONTROLLER, controllersHost(platform));
    platform.reserve({
      name: CONTROLLER,
      pods: controllers,
      resources: podResources(controllerResources),
      storage: times(controllerStorage, controllers),
    });
  }

  #show(name: string, serverName: string): void {
    const { platform } = this.#bus;
    platform.addScrapeTarget({
      name,
      selector: selectorOf(platform.system, name),
      port: METRICS_PORT,
      serverName,
      origin: name,
    });
  }

  #provision(image: string): void {
    const { platform } = this.#bus;
    const { namespace, system } = platform;
    const scope = new Construct(this, 'provisioning');
    const origin = 'kafka (reconciles topics and ACLs)';
    const identity = makeAccount(scope, platform, PROVISIONER, [], origin);
    allowIngress(
      scope,
      platform,
      CLIENT_DOOR,
      { name: PROVISIONER, selectors: [selectorOf(system, PROVISIONER)] },
      origin,
    );
    provision(scope, {
      namespace,
      system,
      image,
      bootstrap: `${bootstrapHost(platform)}:${CLIENT_PORT}`,
      desiredState: desiredStateOf(this.#bus),
      identity,
    });
    platform.reserve({ name: PROVISIONER, pods: 1, resources: PROVISIONING_RESOURCES });
  }
}

/** Guarantees of one broker on its volume, and of several on separate nodes. */
function sheet({ brokers, controllers, topics }: EventBus, shareNodes: boolean): Guarantees {
  const spare = topics.replication > topics.minInSyncReplicas && brokers > 1 && controllers > 1;
  return {
    'survives-pod-loss': true,
    'survives-node-loss': spare && !shareNodes,
    'rolls-without-downtime': spare,
    // Kafka has no point-in-time recovery: wrong events are corrected by publishing new ones.
    'point-in-time-recovery': false,
    // Volume claims of a StatefulSet are immutable; docs/kafka.md describes how to expand them manually.
    'online-resize': false,
    'tls-in-transit': true,
    'tls-rotation': true,
    'tested-restore': false,
  };
}

function times(size: Size, count: number): Size {
  return Size.kibibytes(size.toKibibytes() * count);
}

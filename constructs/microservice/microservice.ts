import { ConfigurationError, type Contract, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import { openEdge } from '../edge/objects.ts';
import { serviceNames } from '../identity/index.ts';
import { validateImages } from '../kubernetes/images.ts';
import { checksum, disruptionBudget, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import type { Spread } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import { mountCallers } from './callers.ts';
import { type LogLevel, PORTS, serviceEnvironment } from './environment.ts';
import { mountFiles } from './files.ts';
import { makeNetwork } from './network.ts';
import { podSpec } from './pod.ts';
import { type FullScaling, fullScaling, type Scaling, SURGE, validateScaling } from './scaling.ts';

/** Props of `Microservice`. */
export interface MicroserviceProps {
  /** Contract of the service; must be in the platform's graph. */
  readonly contract: Contract;
  /** Image reference of the service. */
  readonly image: string;
  /** Platform that the service runs on. */
  readonly platform: Platform;
  /** Number of pods. @default 2 pods, no scaling */
  readonly scaling?: Scaling;
  /** CPU and memory of each pod. @default 100m and 192Mi */
  readonly resources?: Resources;
  /** Spread over failure domains. @default preferred over nodes and zones */
  readonly spread?: Spread;
  /** Log level of the service. @default 'info' */
  readonly logLevel?: LogLevel;
  /** Environment variables in addition to those of the platform; none may be secret. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Texts of files by name, in `FILES_FOLDER`; none may be secret. The service must read them again: a change restarts no pod. @default none */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * The workload of a contract: Deployment, Service, scaling, network policies for both directions, and connections to
 * backing services. All objects have the contract's name.
 * @throws ConfigurationError (or `ConfigurationErrors`) before any object is created: for props out of range, a contract
 * that is not in the graph, or a need without a backing service
 */
export class Microservice extends Construct {
  public constructor(scope: Construct, id: string, props: MicroserviceProps) {
    super(scope, id);
    const { contract, image, platform, spread = {}, logLevel = 'info', env = {}, files = {} } = props;
    const { resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(192) } } = props;
    const { name } = contract;
    const where = `environment '${platform.environment}' › ${name}`;
    const stated = props.scaling ?? { min: 2 };
    const scaling = fullScaling(stated);
    throwIfAny([
      ...validateScaling(`${where} › scaling`, stated),
      ...validateResource(`${where} › resources`, resources),
      ...validateImages(where, { image }),
      ...validateContractKnown(contract, platform),
    ]);
    const { environment, system, namespace } = platform;
    const selector = selectorOf(system, name);
    const dnsNames = serviceNames(name, namespace);
    const identity = platform.identities.issue(this, { account: name, dnsNames, origin: `contract '${name}'` });
    const workload: Workload = {
      name,
      contract,
      environment,
      system,
      namespace,
      image,
      selector,
      identity,
      maxPods: scaling.max + SURGE,
    };
    const connections = platform.connect(workload);
    platform.reserve({ name, pods: workload.maxPods, resources });

    const pod = podSpec({
      name,
      image,
      resources,
      spread,
      selector,
      identity,
      connections,
      env: [serviceEnvironment(contract, platform, logLevel), env],
      mounted: [mountCallers(this, platform, workload), mountFiles(this, workload, files)],
    });
    const pods = this.#makePods(workload, scaling, pod, connections);
    pods.node.addDependency(...platform.backingServicesOf(contract));
    this.#makeAddress(workload);
    platform.addScrapeTarget({
      name,
      selector,
      port: PORTS.metrics,
      serverName: `${name}.${namespace}.svc.cluster.local`,
      origin: `contract '${name}'`,
    });
    makeNetwork(this, platform, workload, connections);
    if (contract.edge && platform.edge !== undefined) {
      openEdge(this, { name, namespace, system, edge: platform.edge });
    }
  }

  #makePods(
    { name, system, namespace, selector }: Workload,
    { min, max, targetCpu }: FullScaling,
    pod: ReturnType<typeof podSpec>,
    connections: readonly Connection[],
  ): Construct {
    const metadata = { name, namespace, labels: labelsOf(system, name) };
    const origin = `contract '${name}'`;
    const inputs = connections.flatMap(({ rollsOn = [] }) => rollsOn);
    object(this, 'account', origin, 'ServiceAccount', { metadata, automountServiceAccountToken: false });
    const pods = object(this, 'pods', origin, 'Deployment', {
      metadata,
      spec: {
        // With an autoscaler, a number here would override it at each deploy.
        ...(max > min ? {} : { replicas: min }),
        selector: { matchLabels: { ...selector } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: SURGE, maxUnavailable: 0 } },
        template: {
          metadata: {
            labels: metadata.labels,
            ...(inputs.length > 0 ? { annotations: { 'groundwork/inputs': checksum(...inputs) } } : {}),
          },
          spec: pod,
        },
      },
    });
    if (max > min) {
      object(this, 'scaling', `${name}.scaling`, 'HorizontalPodAutoscaler', {
        metadata,
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          minReplicas: min,
          maxReplicas: max,
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCpu } },
            },
          ],
        },
      });
    }
    // Of a workload that can have several pods; it would not block the drain of a node with the only one either.
    if (max > 1) disruptionBudget(this, `${name}.scaling`, metadata, { ...selector });
    return pods;
  }

  /** An edge contract serves plain HTTP, to the edge only; all others serve mutual TLS. */
  #makeAddress({ name, contract, system, namespace, selector }: Workload): void {
    const port = contract.edge ? { name: 'http', port: 80 } : { name: 'https', port: 443 };
    object(this, 'address', `contract '${name}' › http`, 'Service', {
      metadata: { name, namespace, labels: labelsOf(system, name) },
      spec: { selector: { ...selector }, ports: [{ ...port, targetPort: 'http' }] },
    });
  }
}

/** Network policies derive from the graph, so the graph must have validated this contract. */
function validateContractKnown(contract: Contract, { graph }: Platform): ConfigurationError[] {
  if (graph.has(contract)) return [];
  const same = graph.contracts.some(({ name }) => name === contract.name);
  const what = same
    ? "the platform's graph has another contract of this name"
    : "the contract is not in the platform's graph";
  return [
    new ConfigurationError({
      code: 'contract-unknown',
      where: `contract '${contract.name}'`,
      problem: what,
      fix: 'create one Graph of all deployed contracts, and pass it to the platform',
    }),
  ];
}

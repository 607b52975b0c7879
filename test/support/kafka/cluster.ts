import {
  type Contract,
  Cpu,
  contract,
  event,
  Graph,
  Kafka,
  type KafkaProps,
  type Manifest,
  Platform,
  Size,
  synthesize,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { Type } from 'typebox';
import { selectorOf } from '../../../constructs/kubernetes/object.ts';
import type { Kubectl, LiveObject } from '../../../infra/deploy/kubectl.ts';
import { runningImage, TestNamespace } from '../test-namespace.ts';

export type KafkaImages = Pick<KafkaProps, 'image' | 'provisioner'>;

/** Images of the Kafka that runs in the cluster; undefined when none runs. */
export async function runningKafka(kubectl: Kubectl): Promise<KafkaImages | undefined> {
  const imageOf = await runningImage(kubectl, 'kafka');
  const [image, provisioner] = [imageOf('kafka'), imageOf('metrics-proxy')];
  return image === undefined || provisioner === undefined ? undefined : { image, provisioner };
}

/** Parameters of a deploy of the test system. */
export interface DeployOptions {
  /** Event that `orders` publishes and `mailer` consumes. @default 'order.placed' */
  readonly event?: string;
  /** Partitions of each event. @default 3 */
  readonly partitions?: number;
}

/** A namespace with three brokers and three controllers, and the rights of services that do not run. */
export class KafkaTestSystem extends TestNamespace {
  public readonly accounts = ['orders', 'shipping', 'mailer'] as const;
  readonly #images: KafkaImages;

  public constructor(kubectl: Kubectl, images: KafkaImages) {
    super(kubectl, 'kafka');
    this.#images = images;
  }

  /** Image of the client pods: it contains Node and a Kafka client. */
  public get image(): string {
    return this.#images.provisioner;
  }

  /**
   * Deploys it, the first time with certificates.
   * @returns name of the Job that reconciles the cluster with the contracts
   */
  public async deploy(options: DeployOptions = {}): Promise<string> {
    await this.run('delete', 'jobs', '--all'); // the deploy engine would prune them
    const applied = await this.deployAll(this.#manifests(options));
    return applied.find(({ kind }) => kind === 'Job')?.metadata.name as string;
  }

  public renew(account: string): Promise<void> {
    return this.renewIn(this.#manifests({}), account);
  }

  public addUnknownCaller(): Promise<void> {
    return this.addUnknownCallerAs('orders');
  }

  /**
   * Requests the eviction of a pod, as a node drain does.
   * @throws ConfigurationError when its disruption budget is exhausted
   */
  public async evict(name: string): Promise<void> {
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: this.namespace } };
    const path = `/api/v1/namespaces/${this.namespace}/pods/${name}/eviction`;
    await this.kubectl.run(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) });
  }

  public secret(name: string): Promise<LiveObject | undefined> {
    return this.kubectl.get('secret', name, this.namespace);
  }

  /** Pods of all nodes, brokers first. */
  public async nodes(): Promise<readonly LiveObject[]> {
    const pods = await this.kubectl.list(this.namespace, 'pods');
    return pods.filter(({ metadata }) => /^kafka(-controller)?-\d+$/.test(metadata.name));
  }

  /** Removes what a killed run has left: the authority of its certificates is gone. */
  public async clear(): Promise<void> {
    await this.kubectl.run(['delete', 'namespace', this.namespace, '--ignore-not-found', '--timeout=300s']);
  }

  #manifests({ event: name = 'order.placed', partitions = 3 }: DeployOptions): Manifest[] {
    const app = new App();
    const placed = event(name, 1, Type.Object({ orderId: Type.String() }), { key: 'orderId' });
    const sent = event('parcel.sent', 1, Type.Object({ orderId: Type.String() }), { key: 'orderId' });
    const contracts: readonly Contract[] = [
      contract('orders', { publishes: [placed] }),
      contract('shipping', { publishes: [sent] }),
      contract('mailer', { consumes: [placed] }),
    ];
    const platform = new Platform(new Chart(app, 'platform'), 'platform', {
      environment: 'kafka',
      system: 'town',
      graph: new Graph(contracts),
      quota: { cpu: Cpu.units(4), memory: Size.gibibytes(8), storage: Size.gibibytes(8), pods: 20 },
    });
    const { namespace, environment, system } = platform;
    const kafka = new Kafka(new Chart(app, 'kafka'), 'kafka', {
      platform,
      ...this.#images,
      shareNodes: true,
      storage: Size.gibibytes(1),
      controllerStorage: Size.gibibytes(1),
      resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(640) },
      controllerResources: { cpu: Cpu.millis(50), memory: Size.mebibytes(384) },
      topics: { partitions },
    });
    const policies = contracts.map((one): NetworkPolicy => {
      const { name: account } = one;
      const identity = platform.identities.issue(new Chart(app, account), { account, origin: 'test' });
      const selector = selectorOf(system, account);
      const { peers } = kafka.connect(
        { name: account, contract: one, environment, system, namespace, image: '', selector, identity, maxPods: 1 },
        { kind: 'events' },
      );
      const egress = (peers ?? []).map((peer) => ({
        to: [{ podSelector: { matchLabels: peer.selector as Record<string, string> } }],
        ports: [{ protocol: 'TCP', port: peer.port }],
      }));
      return {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: account, namespace },
        spec: { podSelector: { matchLabels: selector }, policyTypes: ['Egress'], egress },
      };
    });
    return [...synthesize(app).objects.map(({ manifest }) => manifest), ...(policies as unknown as Manifest[])];
  }
}

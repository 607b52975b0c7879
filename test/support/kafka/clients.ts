import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectorOf } from '../../../constructs/kubernetes/object.ts';
import type { KafkaTestSystem } from './cluster.ts';

const SCRIPTS = join(import.meta.dirname, 'traffic');

/** Result of `produce.mjs`. */
export interface Produced {
  readonly acknowledged: number;
  readonly tries: number;
  /** Messages without an acknowledgement after two minutes of retries. */
  readonly failed: readonly string[];
  readonly longestMilliseconds: number;
  /** Lowest number of in-sync replicas of any partition, at any time. */
  readonly fewestInSync: number;
}

/** An attempt of a client. */
export interface Attempt {
  /** Account whose certificate is presented. @default none */
  readonly as?: string;
  readonly what: 'connect' | 'publish' | 'read';
  readonly topic?: string;
  readonly group?: string;
}

/** Clients of the test system's Kafka, in pods that the network admits: their certificates decide what they may do. */
export class Clients {
  readonly #system: KafkaTestSystem;
  readonly #identities: readonly string[];

  /** @param identities accounts whose certificates the pods have */
  public constructor(system: KafkaTestSystem, identities: readonly string[]) {
    this.#system = system;
    this.#identities = identities;
  }

  /** Creates the pod `visitor`, which runs commands, and what all pods need. */
  public async start(): Promise<void> {
    const data = Object.fromEntries(
      readdirSync(SCRIPTS).map((name) => [name, readFileSync(join(SCRIPTS, name), 'utf8')]),
    );
    await this.#system.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'traffic', namespace: this.#system.namespace },
      data,
    });
    await this.#pod('visitor', [
      'node',
      '-e',
      'process.once("SIGTERM", () => process.exit()); setInterval(() => {}, 60_000)',
    ]);
  }

  /** Result of each attempt: `done`, or the reason why not. */
  public async attempt(...attempts: readonly Attempt[]): Promise<readonly string[]> {
    return JSON.parse(await this.#ask('attempts.mjs', JSON.stringify(attempts)));
  }

  /** Number of partitions in the cluster of each topic of the contracts. */
  public async topics(): Promise<Readonly<Record<string, number>>> {
    return JSON.parse(await this.#ask('topics.mjs'));
  }

  /** Publishes numbered messages as `orders` while `work` runs. */
  public async publishing(topic: string, work: () => Promise<unknown>): Promise<Produced> {
    const env = { TOPIC: topic, IDENTITY_DIR: '/identities/orders' };
    await this.#pod('producer', ['node', 'traffic/produce.mjs'], env);
    try {
      await work();
      await this.#system.run('exec', 'producer', '--', 'node', '-e', 'process.kill(1, "SIGUSR2")');
      return await this.#last('producer');
    } finally {
      await this.#drop('producer');
    }
  }

  /** Numbers from 0 to `count` - 1 that `mailer` does not find in a topic. */
  public async missing(
    topic: string,
    count: number,
  ): Promise<{ readonly missing: number; readonly first: readonly string[] }> {
    const env = { TOPIC: topic, COUNT: `${count}`, KAFKA_GROUP: 'mailer', IDENTITY_DIR: '/identities/mailer' };
    await this.#pod('consumer', ['node', 'traffic/consume.mjs'], env);
    try {
      return await this.#last('consumer');
    } finally {
      await this.#drop('consumer');
    }
  }

  #ask(script: string, ...args: readonly string[]): Promise<string> {
    return this.#system.run('exec', 'visitor', '--', 'node', `traffic/${script}`, ...args);
  }

  /** The last line of a pod's log, after it succeeded. */
  async #last<T>(name: string): Promise<T> {
    await this.#system.run('wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=180s');
    return JSON.parse(await this.#system.run('logs', name, '--tail=1')) as T;
  }

  async #drop(name: string): Promise<void> {
    await this.#system.run('delete', 'pod', name, '--ignore-not-found', '--grace-period=0', '--force');
  }

  async #pod(name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { namespace, image } = this.#system;
    const all = { KAFKA_BROKERS: `kafka.${namespace}.svc.cluster.local:9093`, ...env };
    const mounts = this.#identities.map((account) => ({
      name: account,
      mountPath: `/identities/${account}`,
      readOnly: true,
    }));
    await this.#system.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: selectorOf('town', 'orders') },
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          fsGroup: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name,
            image,
            command,
            env: Object.entries(all).map(([key, value]) => ({ name: key, value })),
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            resources: { requests: { cpu: '20m', memory: '192Mi' }, limits: { memory: '192Mi' } },
            // Below the image's folder, so that the scripts can import the Kafka client.
            volumeMounts: [{ name: 'traffic', mountPath: '/app/traffic', readOnly: true }, ...mounts],
          },
        ],
        volumes: [
          { name: 'traffic', configMap: { name: 'traffic' } },
          ...this.#identities.map((account) => ({
            name: account,
            secret: { secretName: `${account}-identity`, defaultMode: 0o440 },
          })),
        ],
      },
    });
    await this.#system.run('wait', `pod/${name}`, '--for=condition=Ready', '--timeout=60s');
  }
}

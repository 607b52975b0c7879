import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectorOf } from '../../../constructs/kubernetes/labels.ts';
import type { KafkaTown } from './cluster.ts';

const SCRIPTS = join(import.meta.dirname, 'traffic');

/** What `produce.mjs` says at its end. */
export interface Produced {
  readonly acknowledged: number;
  readonly tries: number;
  /** Messages that had no acknowledgement after two minutes of tries. */
  readonly failed: readonly string[];
  readonly longestMilliseconds: number;
  /** Copies in sync of the partition that had the fewest, at any time. */
  readonly fewestInSync: number;
}

/** What somebody tries. */
export interface Attempt {
  /** Whose certificate is shown. @default none */
  readonly as?: string;
  readonly what: 'connect' | 'publish' | 'read';
  readonly topic?: string;
  readonly group?: string;
}

/** Clients of the town's Kafka, in pods that the network lets in: what they may do is up to their certificates. */
export class Clients {
  readonly #town: KafkaTown;
  readonly #identities: readonly string[];

  /** @param identities accounts whose certificates the pods hold */
  public constructor(town: KafkaTown, identities: readonly string[]) {
    this.#town = town;
    this.#identities = identities;
  }

  /** Makes the pod `visitor`, which waits for questions, and what all pods need. */
  public async start(): Promise<void> {
    const data = Object.fromEntries(
      readdirSync(SCRIPTS).map((name) => [name, readFileSync(join(SCRIPTS, name), 'utf8')]),
    );
    await this.#town.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'traffic', namespace: this.#town.namespace },
      data,
    });
    await this.#pod('visitor', [
      'node',
      '-e',
      'process.once("SIGTERM", () => process.exit()); setInterval(() => {}, 60_000)',
    ]);
  }

  /** What came of each attempt: `done`, or why not. */
  public async attempt(...attempts: readonly Attempt[]): Promise<readonly string[]> {
    return JSON.parse(await this.#ask('attempts.mjs', JSON.stringify(attempts)));
  }

  /** Partitions of each topic of the contracts, as the cluster has them. */
  public async topics(): Promise<Readonly<Record<string, number>>> {
    return JSON.parse(await this.#ask('topics.mjs'));
  }

  /** Publishes numbered messages as `orders` while `work` runs. */
  public async publishing(topic: string, work: () => Promise<unknown>): Promise<Produced> {
    const env = { TOPIC: topic, IDENTITY_DIR: '/identities/orders' };
    await this.#pod('producer', ['node', 'traffic/produce.mjs'], env);
    try {
      await work();
      await this.#town.run('exec', 'producer', '--', 'node', '-e', 'process.kill(1, "SIGUSR2")');
      return await this.#last('producer');
    } finally {
      await this.#drop('producer');
    }
  }

  /** Numbers from 0 to `count` - 1 that `mailer` doesn't find in a topic. */
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
    return this.#town.run('exec', 'visitor', '--', 'node', `traffic/${script}`, ...args);
  }

  /** What a pod printed last, once it has ended well. */
  async #last<T>(name: string): Promise<T> {
    await this.#town.run('wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=180s');
    return JSON.parse(await this.#town.run('logs', name, '--tail=1')) as T;
  }

  async #drop(name: string): Promise<void> {
    await this.#town.run('delete', 'pod', name, '--ignore-not-found', '--grace-period=0', '--force');
  }

  async #pod(name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { namespace, image } = this.#town;
    const all = { KAFKA_BROKERS: `kafka.${namespace}.svc.cluster.local:9093`, ...env };
    const mounts = this.#identities.map((account) => ({
      name: account,
      mountPath: `/identities/${account}`,
      readOnly: true,
    }));
    await this.#town.apply({
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
            // Below the image's own folder, so that the scripts find the client of Kafka.
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
    await this.#town.run('wait', `pod/${name}`, '--for=condition=Ready', '--timeout=60s');
  }
}

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import {
  Consul,
  type ConsulProps,
  type Contract,
  Cpu,
  contract,
  Graph,
  Platform,
  resolveDeployTimeSecrets,
  route,
  Size,
  type System,
  synthesize,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import { execa } from 'execa';
import { Type } from 'typebox';
import { makeAccount } from '../../../constructs/platform/account.ts';
import type { Cluster } from '../../../infra/deploy/cluster/index.ts';
import { type Ask, withPortForward } from '../../../infra/deploy/index.ts';
import type { Kubectl } from '../../../infra/deploy/kubectl.ts';
import { SecretsFile } from '../../../infra/deploy/secrets-file.ts';
import type { Dev } from '../dev.ts';
import { runningImage, TestNamespace } from '../test-namespace.ts';

export type ConsulImages = Pick<ConsulProps, 'image' | 'provisioner'>;

/** Images of the Consul that runs in the cluster; undefined when none runs. */
export async function runningConsul(kubectl: Kubectl): Promise<ConsulImages | undefined> {
  const [ofServers, ofKafka] = [await runningImage(kubectl, 'consul-server'), await runningImage(kubectl, 'kafka')];
  // The metrics proxy runs the provisioner's image too.
  const [image, provisioner] = [ofServers('consul'), ofKafka('metrics-proxy')];
  return image === undefined || provisioner === undefined ? undefined : { image, provisioner };
}

/** Target of a TLS connection, and the account whose certificate is presented. */
export interface TlsAttempt {
  readonly pod: string;
  readonly port: number;
  /** @default none */
  readonly as?: string;
  /** First byte that selects the protocol on Consul's RPC port. */
  readonly protocol?: string;
}

/** A namespace with three servers, an agent on each node, and the rights of two services that do not run. */
export class ConsulTestSystem extends TestNamespace {
  public readonly services = ['users', 'catalog'] as const;
  /** The cluster, with a separate state folder. */
  public readonly cluster: Pick<Cluster, 'kubectl' | 'state'>;
  readonly #images: ConsulImages;

  public constructor(cluster: Cluster, kubectl: Kubectl, images: ConsulImages) {
    super(kubectl, 'consul');
    this.cluster = { kubectl: cluster.kubectl, state: mkdtempSync(join(tmpdir(), 'groundwork-town-')) };
    this.#images = images;
  }

  /**
   * Deploys Consul and waits until all of it is ready.
   * @returns name of the Job that reconciles rights with the contracts
   */
  public async deploy(): Promise<string> {
    const file = SecretsFile.of(this.cluster, this.namespace);
    const manifests = this.synthesize().objects.map(({ manifest }) =>
      resolveDeployTimeSecrets(manifest, ({ name, format }) => file.value(name, format)),
    );
    const rest = await this.deployAll(manifests);
    await this.allReady();
    const job = rest.find(({ kind }) => kind === 'Job')?.metadata.name as string;
    await this.run('wait', `job/${job}`, '--for=condition=Complete', '--timeout=180s');
    return job;
  }

  public async allReady(): Promise<void> {
    for (const set of ['statefulset/consul-server', 'daemonset/consul-agent'])
      await this.run('rollout', 'status', set, '--timeout=240s');
  }

  public addUnknownCaller(): Promise<void> {
    return this.addUnknownCallerAs('consul-server');
  }

  /** Calls the node's agent as a service does: over mutual TLS, with the service's certificate. */
  public agent<T>(account: string, work: (ask: Ask) => Promise<T>): Promise<T> {
    const { namespace } = this;
    const secured = {
      target: 'service/consul-agent',
      port: 8501,
      serverName: `consul-agent.${namespace}.svc.cluster.local`,
      identity: `${account}-identity`,
    };
    return withPortForward(
      { cluster: this.cluster, kubectl: this.kubectl, namespace } as unknown as Dev,
      secured,
      work,
    );
  }

  /**
   * Opens a TLS connection.
   * @returns `admitted`, or the code of the error
   */
  public async connect({ pod, port, as, protocol }: TlsAttempt): Promise<string> {
    const shown =
      as === undefined ? {} : { cert: await this.#file(as, 'tls.crt'), key: await this.#file(as, 'tls.key') };
    const protocols = protocol === undefined ? {} : { ALPNProtocols: [protocol] };
    const ca = await this.#file('users', 'ca.crt');
    return this.#forwarded(pod, port, async (local) => {
      const socket = connectTls({
        host: '127.0.0.1',
        port: local,
        ca,
        checkServerIdentity: () => undefined,
        ...shown,
        ...protocols,
      });
      try {
        await once(socket, 'secureConnect');
        // In TLS 1.3 a server rejects a certificate after the client considers the connection established.
        socket.write('GET /v1/status/leader HTTP/1.1\r\nHost: consul\r\n\r\n');
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
        return 'admitted';
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      } finally {
        socket.destroy();
      }
    });
  }

  /**
   * Sends unencrypted gossip to a server.
   * @returns `answered` or `closed`
   */
  public async gossip(pod: string): Promise<string> {
    return this.#forwarded(pod, 8301, async (port) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined);
      // Type of memberlist's push/pull message, by which two members exchange their state.
      socket.write(Buffer.from([6, 0x80]));
      const received = await Promise.race([
        once(socket, 'data').then(() => 'answered'),
        once(socket, 'close').then(() => 'closed'),
      ]);
      socket.destroy();
      return received;
    });
  }

  /**
   * Runs a finished Job again.
   * @returns its log
   */
  public async runAgain(name: string): Promise<string> {
    const { metadata, spec } = (await this.kubectl.get('job', name, this.namespace)) as unknown as {
      metadata: { labels: object };
      spec: { template: { metadata: object; spec: object } };
    };
    const again = `${name}-again`;
    await this.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: again, namespace: this.namespace, labels: metadata.labels },
      spec: { backoffLimit: 0, template: { metadata: { labels: metadata.labels }, spec: spec.template.spec } },
    });
    await this.run('wait', `job/${again}`, '--for=condition=Complete', '--timeout=120s');
    return this.run('logs', `job/${again}`);
  }

  /** Output of the `consul` command in a server's pod, with the management token. */
  public async consul(args: string, server = 'consul-server-0'): Promise<string> {
    return (
      await this.shell(`CONSUL_HTTP_TOKEN_FILE=/var/run/groundwork/consul/management consul ${args}`, server)
    ).trim();
  }

  public shell(script: string, server = 'consul-server-0'): Promise<string> {
    return this.run('exec', server, '--', 'sh', '-c', script);
  }

  /** Takes a snapshot now, with a Job of this name. */
  public async snapshot(job: string): Promise<void> {
    await this.run('create', 'job', '--from=cronjob/consul-snapshot', job);
    await this.run('wait', `job/${job}`, '--for=condition=Complete', '--timeout=120s');
  }

  /** Whether Consul accepts a token: `known`, or the reason why not. */
  public async tokenIs(token: string): Promise<string> {
    // A token file takes precedence over the variable.
    const ask = `env -u CONSUL_HTTP_TOKEN_FILE CONSUL_HTTP_TOKEN='${token}' consul acl token read -self > /dev/null && echo known`;
    return (await this.shell(`${ask} || true`)).trim() || 'refused';
  }

  /** SecretIDs of all tokens with a policy. */
  public async tokensOf(policy: string): Promise<readonly string[]> {
    type Listed = readonly { readonly SecretID: string; readonly Policies?: readonly { readonly Name: string }[] }[];
    const all = JSON.parse(await this.consul('acl token list -format=json')) as Listed;
    return all
      .filter(({ Policies }) => Policies?.some(({ Name }) => Name === policy) === true)
      .map(({ SecretID }) => SecretID);
  }

  /** Keys that members accept for gossip. */
  public async gossipKeys(): Promise<ReadonlySet<string>> {
    return new Set((await this.consul('keyring -list')).match(/[A-Za-z0-9+/]{43}=/g));
  }

  /**
   * The cluster with a kubectl that fails when its arguments contain these words, which interrupts the operation there.
   */
  public cutOffAt(words: string): Pick<Cluster, 'kubectl' | 'state'> {
    const command = join(this.cluster.state, 'kubectl-cut-off');
    const all = this.cluster.kubectl.map((word) => `'${word}'`).join(' ');
    writeFileSync(
      command,
      `#!/bin/sh\ncase "$*" in *'${words}'*) echo 'cut off' >&2; exit 1 ;; esac\nexec ${all} "$@"\n`,
      { mode: 0o700 },
    );
    return { ...this.cluster, kubectl: [command] };
  }

  /** Value of a key of a Secret. */
  public async secret(name: string, key: string): Promise<string> {
    return Buffer.from(
      (await this.kubectl.get('secret', name, this.namespace))?.data?.[key] ?? '',
      'base64',
    ).toString();
  }

  /** Removes what a killed run has left: the authority of its certificates is gone. */
  public async clear(): Promise<void> {
    await this.kubectl.run(['delete', 'namespace', this.namespace, '--ignore-not-found', '--timeout=300s']);
  }

  public override async remove(): Promise<void> {
    await super.remove();
    rmSync(this.cluster.state, { recursive: true, force: true });
    await this.kubectl.run([
      'delete',
      `clusterrolebinding/${this.namespace}-consul-token-review`,
      '--ignore-not-found',
      '--wait=false',
    ]);
  }

  async #forwarded<T>(pod: string, port: number, work: (local: number) => Promise<T>): Promise<T> {
    const [command, ...first] = this.cluster.kubectl as [string, ...string[]];
    const forward = execa(
      command,
      [...first, 'port-forward', '--namespace', this.namespace, `pod/${pod}`, `:${port}`],
      { reject: false, stdin: 'ignore' },
    );
    try {
      const [line] = (await once(createInterface({ input: forward.stdout }), 'line', {
        signal: AbortSignal.timeout(30_000),
      })) as [string];
      return await work(Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]));
    } finally {
      forward.kill();
      await forward;
    }
  }

  async #file(account: string, key: string): Promise<Buffer> {
    return Buffer.from(await this.secret(`${account}-identity`, key));
  }

  /** All of the system, without values of secrets. */
  public synthesize(): System {
    const app = new App();
    const users = contract('users', { http: { ask: route('GET', '/ask', { reply: { 200: Type.String() } }) } });
    const contracts: readonly Contract[] = [users, contract('catalog', { calls: [users.http.ask] })];
    const platform = new Platform(new Chart(app, 'platform'), 'platform', {
      environment: 'consul',
      system: 'town',
      graph: new Graph(contracts),
      quota: { cpu: Cpu.units(4), memory: Size.gibibytes(8), storage: Size.gibibytes(8), pods: 20 },
    });
    new Consul(new Chart(app, 'consul'), 'consul', {
      platform,
      ...this.#images,
      shareNodes: true,
      storage: Size.gibibytes(1),
      resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) },
      agentResources: { cpu: Cpu.millis(25), memory: Size.mebibytes(192) },
      nodes: 1,
      snapshots: { schedule: '0 0 1 1 *' },
    });
    for (const account of this.services) makeAccount(new Chart(app, account), platform, account, [], 'test');
    return synthesize(app);
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IDENTITY_FOLDER, type Identity } from '@groundwork/constructs';
import type { Kubectl, LiveObject } from '../../../infra/deploy/kubectl.ts';
import type { PostgresImages } from '../generated-system.ts';
import { TestNamespace } from '../test-namespace.ts';
import { openNetwork } from '../trust/callers.ts';
import { testEnvironment } from './environment.ts';

const SCRIPTS = join(import.meta.dirname, 'peers');
const OPEN = { 'groundwork.test/network': 'open' };

/** Report of the caller. */
export interface Seen {
  readonly sent: number;
  readonly answered: number;
  readonly failed: readonly string[];
  readonly retries: number;
  /** Serial number of the served certificate of each pod of `stock`, by address, and of PostgreSQL, by `postgres`. */
  readonly served: Readonly<Record<string, string>>;
  /** Serial number of the caller's certificate, as `stock` sees it. */
  readonly shown: string;
}

/**
 * A namespace with certificates of cert-manager: PostgreSQL, two pods that serve with the kit, and one that calls all
 * of them steadily.
 */
export class Peers extends TestNamespace {
  readonly #image: string;
  readonly #images: PostgresImages;

  /** @param image image of a service, which contains the kit */
  public constructor(kubectl: Kubectl, image: string, images: PostgresImages) {
    super(kubectl, 'identity');
    this.#image = image;
    this.#images = images;
  }

  public async deploy(): Promise<void> {
    await this.kubectl.run(['delete', 'namespace', this.namespace, '--ignore-not-found', '--timeout=120s']);
    const { manifests, stock, shop, env } = testEnvironment('identity', this.#images);
    await this.apply(...manifests.filter(({ kind }) => kind === 'Namespace'));
    const data = Object.fromEntries(
      readdirSync(SCRIPTS).map((name) => [name, readFileSync(join(SCRIPTS, name), 'utf8')]),
    );
    const scripts = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'peers', namespace: this.namespace },
      data,
    };
    await this.apply(...manifests.filter(({ kind }) => kind !== 'Namespace'), ...openNetwork(this.namespace), scripts);
    await this.run('wait', 'certificates.cert-manager.io', '--all', '--for=condition=Ready', '--timeout=60s');
    await this.run('rollout', 'status', 'statefulset/postgres', '--timeout=180s');
    await this.run('wait', 'job', '--all', '--for=condition=Complete', '--timeout=180s');
    for (const name of ['stock-0', 'stock-1']) await this.apply(this.#pod(name, 'stock.mjs', stock, env));
    await this.run('wait', 'pod/stock-0', 'pod/stock-1', '--for=condition=Ready', '--timeout=60s');
    const addresses = await Promise.all(
      ['stock-0', 'stock-1'].map(async (name) => (await this.kubectl.get('pod', name, this.namespace))?.status?.podIP),
    );
    await this.apply(this.#pod('shop', 'shop.mjs', shop, { ...env, STOCK: addresses.join(',') }));
    await this.run('wait', 'pod/shop', '--for=condition=Ready', '--timeout=60s');
  }

  /** Uid of each running pod, and the number of restarts of its containers. */
  public async lives(): Promise<readonly string[]> {
    const pods = (await this.kubectl.list(this.namespace, 'pods')).filter(({ status }) => status?.phase === 'Running');
    return pods.flatMap(({ metadata, status }) => {
      const containers = (status?.containerStatuses ?? []) as { name: string; restartCount: number }[];
      return containers.map(({ name, restartCount }) => `${metadata.name} ${metadata.uid} ${name} ${restartCount}`);
    });
  }

  /** The caller's latest report. */
  public async seen(): Promise<Seen> {
    return JSON.parse(await this.run('logs', 'shop', '--tail=1')) as Seen;
  }

  public secret(name: string): Promise<LiveObject | undefined> {
    return this.kubectl.get('secret', name, this.namespace);
  }

  /**
   * Calls `stock` with any certificate.
   * @returns the status, or the error
   */
  public async call(tls: { readonly cert: string; readonly key: string; readonly ca: string }): Promise<string> {
    const host = (await this.kubectl.get('pod', 'stock-0', this.namespace))?.status?.podIP;
    const args = ['--namespace', this.namespace, 'exec', '--stdin', 'shop', '--', 'node', '/app/peers/call.mjs'];
    return (await this.kubectl.run(args, { input: JSON.stringify({ host, ...tls }) })).trim();
  }

  #pod(name: string, script: string, identity: Identity, env: Readonly<Record<string, string>>): object {
    const all = { ...env, IDENTITY_DIR: IDENTITY_FOLDER };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: this.namespace, labels: OPEN },
      spec: {
        restartPolicy: 'Always',
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          fsGroup: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'peer',
            image: this.#image,
            command: ['node', `/app/peers/${script}`],
            env: Object.entries(all).map(([key, value]) => ({ name: key, value })),
            ...(script === 'stock.mjs'
              ? { readinessProbe: { httpGet: { path: '/healthz/ready', port: 8081 }, periodSeconds: 1 } }
              : {}),
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            resources: { requests: { cpu: '20m', memory: '128Mi' }, limits: { memory: '128Mi' } },
            // Below the image's folder, so that the scripts can import the kit.
            volumeMounts: [
              { name: 'peers', mountPath: '/app/peers', readOnly: true },
              { name: 'identity', mountPath: IDENTITY_FOLDER, readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: 'peers', configMap: { name: 'peers' } },
          { name: 'identity', secret: { secretName: identity.secret, defaultMode: 0o440 } },
        ],
      },
    };
  }
}

import type { Manifest } from '@groundwork/constructs';
import type { Kubectl } from '../../infra/deploy/kubectl.ts';
import { Issuer } from './certificates.ts';

/**
 * Image of a container of a system that runs in the cluster, so that a test needs no build; undefined when none runs.
 */
export async function runningImage(
  kubectl: Kubectl,
  system: string,
): Promise<(container: string) => string | undefined> {
  const text = await kubectl.run([
    'get',
    'statefulsets',
    '--all-namespaces',
    '--selector',
    `app.kubernetes.io/name=${system}`,
    '-o',
    'json',
  ]);
  type Containers = readonly { name: string; image: string }[];
  const { items } = JSON.parse(text) as {
    items: {
      spec: { template: { spec: { containers: Containers; initContainers?: Containers } } };
      status?: { readyReplicas?: number };
    }[];
  };
  // Another test's namespace may still have one that never ran, with an image that no node has.
  const running = items.find(({ status }) => (status?.readyReplicas ?? 0) > 0) ?? items[0];
  const { containers = [], initContainers = [] } = running?.spec.template.spec ?? {};
  return (container) => [...containers, ...initContainers].find(({ name }) => name === container)?.image;
}

/** A namespace for one test, whose certificates the test issues instead of cert-manager. */
export abstract class TestNamespace {
  public readonly namespace: string;
  protected readonly kubectl: Kubectl;
  readonly #issuer = new Issuer();

  protected constructor(kubectl: Kubectl, environment: string) {
    this.kubectl = kubectl;
    this.namespace = `town-${environment}`;
  }

  /**
   * Applies all manifests, with a Secret for each missing certificate.
   * @returns the applied manifests, without the certificates
   */
  protected async deployAll(manifests: readonly Manifest[]): Promise<readonly Manifest[]> {
    const known = new Set((await this.kubectl.list(this.namespace, 'secrets')).map(({ metadata }) => metadata.name));
    const secrets = manifests
      .filter(({ kind, metadata }) => kind === 'Certificate' && !known.has(metadata.name))
      .map((one) => this.#issuer.secretOf(one));
    const rest = manifests.filter(({ kind }) => kind !== 'Certificate');
    await this.apply(...rest.filter(({ kind }) => kind === 'Namespace'));
    await this.apply(...secrets, ...rest);
    return rest;
  }

  /** Issues a new certificate for an account, as cert-manager does for a renewal. */
  protected async renewIn(manifests: readonly Manifest[], account: string): Promise<void> {
    const certificate = manifests.find(
      ({ kind, metadata }) => kind === 'Certificate' && metadata.name === `${account}-identity`,
    ) as Manifest;
    await this.apply(this.#issuer.secretOf(certificate));
  }

  /**
   * Adds an account `unknown-caller`, which trusts the servers, and whose certificate another authority has issued in
   * the name of `account`.
   */
  protected async addUnknownCallerAs(account: string): Promise<void> {
    const other = new Issuer();
    const spec = { secretName: 'unknown-caller-identity', commonName: `${account}.${this.namespace}` };
    const made = other.secretOf({ metadata: { namespace: this.namespace }, spec });
    other.remove();
    const ours = await this.kubectl.get('secret', `${account}-identity`, this.namespace);
    const ca = Buffer.from(ours?.data?.['ca.crt'] ?? '', 'base64').toString();
    await this.apply({ ...made, stringData: { ...made.stringData, 'ca.crt': ca } });
  }

  public run(...args: readonly string[]): Promise<string> {
    return this.kubectl.run(['--namespace', this.namespace, ...args]);
  }

  public async apply(...objects: readonly object[]): Promise<void> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await this.kubectl.run(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input });
  }

  public async remove(): Promise<void> {
    this.#issuer.remove();
    await this.kubectl.run(['delete', 'namespace', this.namespace, '--ignore-not-found', '--wait=false']);
  }
}

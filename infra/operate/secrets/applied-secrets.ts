import { type Manifest, resolveDeployTimeSecrets, type SecretFormat } from '@groundwork/constructs';
import { type Kubectl, ROTATION_MANAGER, type SecretsFile } from '../../deploy/index.ts';
import type { SecretStore } from './list.ts';

/** Store of the `apply` engine: its secrets file, applied with kubectl. */
export class AppliedSecrets implements SecretStore {
  readonly #file: SecretsFile;
  readonly #kubectl: Kubectl;

  public constructor(file: SecretsFile, kubectl: Kubectl) {
    this.#file = file;
    this.#kubectl = kubectl;
  }

  public isGiven(name: string): boolean {
    return this.#file.kept(name)?.given === true;
  }

  public next(name: string, format: SecretFormat): string {
    return this.#file.next(name, format);
  }

  public async keep(name: string, format: SecretFormat, value: string, given: boolean): Promise<void> {
    this.#file.rotate(name, format, given ? value : undefined, value);
  }

  public async handOver(secret: Manifest): Promise<void> {
    const { stringData } = resolveDeployTimeSecrets(secret, ({ name, format }) => this.#file.value(name, format));
    // With a separate field manager that owns only the values: the deploy still owns the rest, such as the ApplySet's labels.
    const { apiVersion, kind, metadata } = secret;
    const values = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace }, stringData };
    const args = ['apply', '--server-side', '--force-conflicts', `--field-manager=${ROTATION_MANAGER}`, '-f', '-'];
    await this.#kubectl.run(args, { input: JSON.stringify(values) });
  }

  public redact(text: string): string {
    return this.#file.redact(text);
  }
}

import type { Manifest, SecretFormat } from '@groundwork/constructs';
import { looksMade, nextValue, redact, type SecretsFile, type Stack } from '../../deploy/index.ts';
import type { SecretStore } from './list.ts';

/** Store of a Pulumi stack: its encrypted configuration, applied with `pulumi up` of the one Secret. */
export class StackSecrets implements SecretStore {
  readonly #stack: Stack;
  readonly #values: Map<string, string>;
  readonly #file: SecretsFile | undefined;

  private constructor(stack: Stack, values: Map<string, string>, file: SecretsFile | undefined) {
    this.#stack = stack;
    this.#values = values;
    this.#file = file;
  }

  /** @param file secrets file of a cluster of this machine, so that both engines can be used. @default none */
  public static async of(stack: Stack, file?: SecretsFile): Promise<StackSecrets> {
    return new StackSecrets(stack, new Map(Object.entries(await stack.secrets())), file);
  }

  public isGiven(name: string, format: SecretFormat): boolean {
    if (this.#file !== undefined) return this.#file.kept(name)?.given === true;
    const value = this.#values.get(name);
    return value !== undefined && !looksMade(format, value); // the stack's configuration does not record it
  }

  public next(name: string, format: SecretFormat): string {
    return nextValue(format, this.#values.get(name));
  }

  public async keep(name: string, format: SecretFormat, value: string, given: boolean): Promise<void> {
    this.#file?.rotate(name, format, given ? value : undefined, value);
    await this.#stack.setSecret(name, value);
    this.#values.set(name, value);
  }

  public async handOver({ kind, metadata: { namespace, name } }: Manifest): Promise<void> {
    await this.#stack.up({ target: `**::${kind}/${namespace}/${name}` });
  }

  public redact(text: string): string {
    return redact(text, [...this.#values.values()]);
  }
}

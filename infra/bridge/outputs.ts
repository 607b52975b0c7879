import type { SystemObject } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { Output, output } from '@pulumi/pulumi';
import type { IResolver, ResolutionContext } from 'cdk8s';

const TOKEN = /<<output:([0-9]+)>>/g;

/**
 * Lets Pulumi Outputs stand in the props of constructs: `new App({ resolvers: [new OutputResolver()] })`. In the tree an
 * Output is a string token, as JSON patches and string helpers know nothing else; `deploy` puts the Output back. Each app
 * has a resolver of its own.
 */
export class OutputResolver implements IResolver {
  readonly #outputs: Output<unknown>[] = [];
  readonly #indexes = new Map<Output<unknown>, number>();

  /** Called by cdk8s for each value it renders. */
  public resolve(context: ResolutionContext): void {
    if (Output.isInstance(context.value)) context.replaceValue(this.asString(context.value));
  }

  /**
   * The token of an Output, for props that are typed as string or that put it into a longer text:
   * `` EnvValue.fromValue(`redis://${outputs.asString(host)}:6379`) ``.
   */
  public asString(value: Output<unknown>): string {
    const known = this.#indexes.get(value);
    const index = known ?? this.#outputs.push(value) - 1;
    this.#indexes.set(value, index);
    return `<<output:${index}>>`;
  }

  /**
   * A text with its Outputs put back: the Output itself, of whatever type, where the token is the whole text, else an
   * Output of the text around it; a text without a token as it is.
   */
  public putBack(text: string): unknown {
    const tokens = [...text.matchAll(TOKEN)];
    if (tokens.length === 0) return text;
    const known = tokens.map(([token, index]) => {
      const value = this.#outputs[Number(index)];
      if (value !== undefined) return value;
      throw new ConfigurationError({
        code: 'output-misplaced',
        where: `a prop with ${token}`,
        problem: 'it stands for an Output of another resolver',
        fix: "hand the resolver of the system's app to deploy: `deploy(system, { outputs })`",
      });
    });
    if (tokens[0]?.[0] === text) return known[0];
    return output(known).apply((values) => {
      let next = 0;
      return text.replaceAll(TOKEN, () => String(values[next++]));
    });
  }
}

/** How the text begins that Pulumi leaves where an Output was put into a string; with PULUMI_ERROR_OUTPUT_STRING=1 it throws there. */
const SPOILED = /Calling \[to(String|JSON)\] on an \[Output/;

/** @throws ConfigurationError when an Output was turned into text, or is part of the object's identity */
export function assertOutputs({ manifest, id, path }: SystemObject): void {
  if (SPOILED.test(JSON.stringify(manifest)))
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: path,
      problem: 'a Pulumi Output was turned into text, so the manifest holds a warning in place of the value',
      fix: 'hand the Output over whole, or write it into text with `outputs.asString(value)` of the OutputResolver; PULUMI_ERROR_OUTPUT_STRING=1 shows the line',
    });
  if (id.search(TOKEN) !== -1)
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: path,
      problem: 'its identity holds an Output',
      fix: 'write kind, name and namespace as plain text: Pulumi must know them before it asks the cluster',
    });
}

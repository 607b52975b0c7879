import type { SystemObject } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { Output, output } from '@pulumi/pulumi';
import type { IResolver, ResolutionContext } from 'cdk8s';

const TOKEN = /<<output:([0-9]+)>>/g;

/**
 * Allows Pulumi Outputs in the props of constructs: `new App({ resolvers: [new OutputResolver()] })`. In the tree an
 * Output is a string token, since JSON patches and string helpers need strings; `deploy` replaces the token with the
 * Output. Create one resolver per app.
 */
export class OutputResolver implements IResolver {
  readonly #outputs: Output<unknown>[] = [];
  readonly #indexes = new Map<Output<unknown>, number>();

  /** Called by cdk8s for each rendered value. */
  public resolve(context: ResolutionContext): void {
    if (Output.isInstance(context.value)) context.replaceValue(this.asString(context.value));
  }

  /**
   * The token of an Output, for props of type string or as part of a longer text:
   * `` EnvValue.fromValue(`redis://${outputs.asString(host)}:6379`) ``.
   */
  public asString(value: Output<unknown>): string {
    const known = this.#indexes.get(value);
    const index = known ?? this.#outputs.push(value) - 1;
    this.#indexes.set(value, index);
    return `<<output:${index}>>`;
  }

  /**
   * Replaces tokens with their Outputs. Returns the Output itself, of any type, if the token is the whole text; an
   * Output of the text if it contains tokens; otherwise the text.
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
        problem: 'the token belongs to another resolver',
        fix: "pass the resolver of the system's app to deploy: `deploy(system, { outputs })`",
      });
    });
    if (tokens[0]?.[0] === text) return known[0];
    return output(known).apply((values) => {
      let next = 0;
      return text.replaceAll(TOKEN, () => String(values[next++]));
    });
  }
}

/**
 * Warning text that Pulumi puts into a string instead of an Output; with PULUMI_ERROR_OUTPUT_STRING=1 it throws
 * instead.
 */
const SPOILED = /Calling \[to(String|JSON)\] on an \[Output/;

/** @throws ConfigurationError if an Output was converted to a string, or is part of the object's identity */
export function assertOutputs({ manifest, id, path }: SystemObject): void {
  if (SPOILED.test(JSON.stringify(manifest)))
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: path,
      problem: 'a Pulumi Output was converted to a string, so the manifest contains a warning instead of the value',
      fix: 'pass the Output itself, or put it into a string with `outputs.asString(value)` of the OutputResolver; PULUMI_ERROR_OUTPUT_STRING=1 shows the line',
    });
  if (id.search(TOKEN) !== -1)
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: path,
      problem: 'its kind, name or namespace contains an Output',
      fix: 'use plain strings for kind, name and namespace: Pulumi must know them before it queries the cluster',
    });
}

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

/** @throws ConfigurationError if an Output was converted to a string, is part of the object's identity, or a key in it */
export function assertOutputs({ manifest, id, path }: SystemObject): void {
  const text = JSON.stringify(manifest);
  if (SPOILED.test(text))
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: `${path} › ${placeOf(manifest, (part) => SPOILED.test(part))}`,
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
  const key =
    text.search(TOKEN) === -1 ? undefined : placeOf(manifest, (part, isKey) => isKey && part.search(TOKEN) !== -1);
  if (key !== undefined)
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: `${path} › ${key}`,
      problem: 'a key contains an Output',
      fix: 'use plain strings for keys: only a value may be an Output',
    });
}

/** Where in JSON the first such key or text is, such as `data.host`; undefined if there is none. */
function placeOf(json: unknown, matches: (part: string, isKey: boolean) => boolean): string | undefined {
  if (typeof json === 'string') return matches(json, false) ? '' : undefined;
  if (typeof json !== 'object' || json === null) return undefined;
  for (const [key, value] of Object.entries(json)) {
    if (!Array.isArray(json) && matches(key, true)) return key;
    const inner = placeOf(value, matches);
    if (inner !== undefined) return inner === '' ? key : `${key}.${inner}`;
  }
  return undefined;
}

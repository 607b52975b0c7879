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
    const known = tokens.map(([, index]) => this.#outputs[Number(index)]);
    if (tokens[0]?.[0] === text) return known[0];
    return output(known).apply((values) => {
      let next = 0;
      return text.replaceAll(TOKEN, () => String(values[next++]));
    });
  }
}

/** The token of the first Output in a text, or undefined. */
export function outputToken(text: string): string | undefined {
  return text.match(TOKEN)?.[0];
}

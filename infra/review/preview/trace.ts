import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extentOf } from './extent.ts';

/** The part of the `constructs` package's `Node` that a trace listens at: every construct joins its scope by it. */
export interface NodeClass {
  readonly prototype: object;
}

interface Construct {
  readonly node: { readonly path: string };
}

/** Calls that led to a construct, the closest first, such as `constructs/postgres/builtin.ts:40-52`: its own lines, with its arguments'. */
export type Calls = readonly string[];

/** Enough for the deepest tree of ours; V8 keeps 10 calls only. */
const DEPTH = 60;

/**
 * Notes for each construct made from now on which calls of the repository's own source made it. Synth itself stays pure: the
 * trace listens from outside, and only where a preview is made.
 * @param node the class of the copy of `constructs` that the stacks use
 * @param root of the repository
 * @returns what was noted since, by the construct's path
 */
export function traceConstructs({ prototype }: NodeClass, root: string): () => ReadonlyMap<string, Calls> {
  const made: { readonly construct: Construct; readonly sites: NodeJS.CallSite[] }[] = [];
  const listening = prototype as { addChild(child: Construct, name: string): void };
  const { addChild } = listening;
  listening.addChild = function (child, name) {
    addChild.call(this, child, name);
    made.push({ construct: child, sites: callSites() });
  };
  return () => {
    const calls = new Map<string, Calls>();
    const texts = new Texts(root);
    for (const { construct, sites } of made) {
      const { path } = construct.node;
      calls.set(path, [...new Set([...(calls.get(path) ?? []), ...sites.flatMap((site) => texts.callAt(site))])]);
    }
    return calls;
  };
}

function callSites(): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  Error.prepareStackTrace = (_, sites) => sites;
  try {
    // Without this function and the listening one.
    return (new Error().stack as unknown as NodeJS.CallSite[]).slice(2);
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}

/** The repository's own files, each read once. */
class Texts {
  readonly #root: string;
  readonly #texts = new Map<string, string | undefined>();
  readonly #calls = new Map<string, string>();

  public constructor(root: string) {
    this.#root = root;
  }

  /** One call, or none for what isn't the repository's own. */
  public callAt(site: NodeJS.CallSite): string[] {
    const url = site.getFileName() ?? '';
    const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
    if (!url.startsWith('file:') || url.includes('/node_modules/') || line === null || column === null) return [];
    const key = `${url}:${line}:${column}`;
    let call = this.#calls.get(key);
    if (call === undefined) {
      const path = fileURLToPath(url);
      const file = relative(this.#root, path).split(sep).join('/');
      const text = this.#read(path);
      if (text === undefined || file.startsWith('..')) return [];
      call = `${file}:${line}-${extentOf(text, line, column)}`;
      this.#calls.set(key, call);
    }
    return [call];
  }

  #read(path: string): string | undefined {
    if (!this.#texts.has(path)) this.#texts.set(path, existsSync(path) ? readFileSync(path, 'utf8') : undefined);
    return this.#texts.get(path);
  }
}

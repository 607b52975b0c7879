import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { environmentOf, type Program } from './program.ts';

/** Prints the graph as Mermaid on standard output and writes the SVG; or prints the events as AsyncAPI. */
export async function graph(
  program: Program,
  options: { readonly out: string; readonly asyncapi: boolean; readonly env: string },
): Promise<void> {
  if (options.asyncapi) {
    console.log(program.asyncApi(environmentOf(program, options.env, '--env').name));
    return;
  }
  console.log(program.graph.mermaid);
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, await toSvg(program.graph.dot));
  console.error(`SVG: ${options.out}`);
}

/** Renders DOT with Graphviz, deterministically. Loaded on demand: no other command needs its megabyte of code. */
export async function toSvg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  return (await instance()).renderString(dot, { format: 'svg' });
}

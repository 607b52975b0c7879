import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Program } from './program.ts';

/** Prints the graph as Mermaid on standard output and writes the SVG. */
export async function graph(program: Program, options: { readonly out: string }): Promise<void> {
  console.log(program.graph.mermaid);
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, await toSvg(program.graph.dot));
  console.error(`SVG: ${options.out}`);
}

/** Draws DOT with Graphviz, which is loaded only here: no other command needs its megabyte. The same DOT gives the same bytes. */
export async function toSvg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  return (await instance()).renderString(dot, { format: 'svg' });
}

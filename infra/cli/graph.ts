import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Program } from './program.ts';

/** Prints the graph as Mermaid on standard output and writes the SVG. */
export function graph(program: Program, options: { readonly out: string }): void {
  console.log(program.graph.mermaid);
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, program.graph.svg);
  console.error(`SVG: ${options.out}`);
}

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Contract, type Event, valueAt } from '@groundwork/contract';
import type { Exported } from './plan.ts';

/** All contracts and events that the modules of a folder export. */
export async function exportsOf(folder: string): Promise<readonly Exported<Contract | Event>[]> {
  const modules = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts' && !file.endsWith('.test.ts'))
    .map((file) => basename(file, '.ts'));
  const found = modules.map(async (module) => {
    const values: object = await import(pathToFileURL(join(folder, `${module}.ts`)).href);
    return Object.entries(values)
      .filter(([, value]) => ['contract', 'event'].includes(`${valueAt(value, 'kind')}`))
      .map(([constant, value]) => ({ constant, module, value: value as Contract | Event }));
  });
  return (await Promise.all(found)).flat();
}

/** Modules of a folder, and those in it that they import when they run, directly or not; sorted. */
export function closureOf(folder: string, modules: readonly string[]): readonly string[] {
  const all = new Set(modules);
  // Iteration over a Set also visits what is added meanwhile.
  for (const module of all) {
    const code = readFileSync(join(folder, `${module}.ts`), 'utf8').replaceAll(/^(import|export) type [^;]*;$/gm, '');
    for (const [, imported = ''] of code.matchAll(/'\.\/([\w-]+)\.ts'/g)) all.add(imported);
  }
  return [...all].sort();
}

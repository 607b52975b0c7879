import type { ServicePlan } from '../plan.ts';
import { appFile, callsFile, eventsFile, handlersFile, mainFile, migrateFile } from './code.ts';
import { contractFile } from './contract.ts';
import { entriesFile } from './store.ts';
import { testFile } from './test.ts';

export { dockerfile } from './dockerfile.ts';
export { manifest, readme } from './package.ts';
export { migrationFiles } from './store.ts';

/** TypeScript files of a new service by path. Their format and the order of their imports is left to the formatter. */
export function sourcesOf(plan: ServicePlan): Map<string, string> {
  const { layout, name, store, calls, consumes } = plan;
  const own = (file: string) => `${layout.folder}/${name}/${file}`;
  return new Map([
    [`${layout.contracts}/${name}.ts`, contractFile(plan)],
    [own('main.ts'), mainFile(plan)],
    [own('app.ts'), appFile(plan)],
    [own('handlers.ts'), handlersFile(plan)],
    ...(store === undefined ? [] : [[own('migrate.ts'), migrateFile(plan)] as const]),
    ...(store === undefined ? [] : [[own('entries.ts'), entriesFile(plan)] as const]),
    ...(calls.length === 0 ? [] : [[own('calls.ts'), callsFile(plan)] as const]),
    ...(consumes.length === 0 ? [] : [[own('events.ts'), eventsFile(plan)] as const]),
    [own(`${name}.test.ts`), testFile(plan)],
  ]);
}

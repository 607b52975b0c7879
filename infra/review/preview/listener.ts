import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Loaded before a version's program, of whatever age: writes which of its own files import which into the file that
 * `GROUNDWORK_IMPORTS` names. Types alone import nothing, as they are gone when the program runs.
 */
const imports: Record<string, string[]> = {};

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const [from, to] = [own(context.parentURL), own(found.url)];
    if (to !== undefined) imports[to] ??= [];
    if (to !== undefined && from !== undefined) imports[from]?.push(to);
    return found;
  },
});
process.on('exit', () => {
  if (process.env.GROUNDWORK_IMPORTS !== undefined)
    writeFileSync(process.env.GROUNDWORK_IMPORTS, JSON.stringify(imports));
});

/** Path from the root of the checkout, which is where the program runs; undefined for packages. */
function own(url: string | undefined): string | undefined {
  if (!url?.startsWith('file:') || url.includes('/node_modules/')) return undefined;
  const path = relative(process.cwd(), fileURLToPath(url)).split(sep).join('/');
  return path.startsWith('..') ? undefined : path;
}

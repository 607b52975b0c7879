import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyEdits, EDITS_VARIABLE, type Edit, editsOf, ROOT } from './edit.ts';

// Loaded with `--import` before a service: changes its sources as HISTORY_EDITS has it.
const edits = JSON.parse(process.env[EDITS_VARIABLE] ?? '[]') as readonly Edit[];
registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const own = url.startsWith('file:') ? editsOf(relative(ROOT, fileURLToPath(url)), edits) : [];
    if (own.length === 0) return loaded;
    return { ...loaded, source: applyEdits(Buffer.from(loaded.source as Uint8Array).toString(), own) };
  },
});

// The process that started this one holds the other end of the pipe: when it ends, even by a kill, this one ends.
process.stdin.on('end', () => process.exit(1)).resume();
process.stdin.unref();

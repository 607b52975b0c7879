import { join } from 'node:path';
import { runPreview } from '../infra/preview/run.ts';
import { prices } from './prices.ts';

/** `npm run preview`. */
await runPreview({ root: join(import.meta.dirname, '..'), prices }, process.argv.slice(2));

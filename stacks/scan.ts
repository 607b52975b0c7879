import { join } from 'node:path';
import { runScan } from '../infra/build/scan/index.ts';
import { exceptions } from './scan-exceptions.ts';
import { images } from './shop.ts';

/** `npm run scan`. */
await runScan({ root: join(import.meta.dirname, '..'), services: images, exceptions }, process.argv.slice(2));

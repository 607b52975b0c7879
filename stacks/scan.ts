import { join } from 'node:path';
import { runScan } from '../infra/build/scan/index.ts';
import { exceptions } from './scan-exceptions.ts';
import { images } from './shop.ts';

const root = join(import.meta.dirname, '..');

/** `npm run scan`. */
await runScan(
  {
    root,
    images: images.map((name) => ({ name, folder: name === 'provisioner' ? 'infra/provisioner' : `services/${name}` })),
    imagesLock: join(root, 'stacks/images.lock.json'),
    exceptions,
  },
  process.argv.slice(2),
);

import { runScan } from '../infra/build/scan/index.ts';
import { exceptions } from './scan-exceptions.ts';
import { images } from './shop.ts';
import { IMAGES_LOCK, ROOT } from './synth-images.ts';

/** `npm run scan`. */
await runScan({ root: ROOT, images, imagesLock: IMAGES_LOCK, exceptions }, process.argv.slice(2));

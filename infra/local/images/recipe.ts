import type { Progress } from '../../tools/progress.ts';
import type { ImageConfig, Layer } from './oci.ts';

/** An image's content, ready to be written. */
export interface Made {
  /** Of what is in it, such as `15.20`. */
  readonly version: string;
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

/** Makes an image's content below a folder that goes afterwards. */
export type Make = (work: string, progress: Progress) => Promise<Made>;

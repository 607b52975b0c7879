import type { Tool } from '../tools/tool.ts';
import { checkImage } from './index.ts';

/** The checks done here: nothing can keep them from looking. */
export const ownChecks: Tool = {
  name: 'checks',
  look: async ({ images, dockerfiles }) => ({
    findings: [...images.map(({ description }) => description), ...dockerfiles].flatMap(checkImage),
    skipped: [],
  }),
};

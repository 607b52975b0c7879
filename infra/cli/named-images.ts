import type { Images } from '@groundwork/constructs';

/** Stands in for images where only the objects' shape is of interest, not what they run. */
export const namedImages: Images = {
  service: (name) => `groundwork.local/${name}:unbuilt`,
  thirdParty: (name) => `groundwork.local/${name}:unresolved`,
};

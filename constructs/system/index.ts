/** All that an app declares, as one value that every outlet takes. Start at `synthesize`. */
export { type CustomKinds, customKinds, type GroupKind, groupKindOf, identityOf, objectId } from './identity.ts';
export { wellFormed } from './normalize.ts';
export { synthesize } from './synthesize.ts';
export {
  partOf,
  type System,
  type SystemChart,
  type SystemEdge,
  type SystemObject,
  type SystemSecret,
} from './system.ts';

/** Semantic differences between two versions of an object. */
export { type Change, canonical, diff, pathText } from './diff.ts';
export { isObject } from './lists.ts';
export { quantity } from './quantity.ts';

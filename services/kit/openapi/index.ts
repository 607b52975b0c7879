/** The OpenAPI document that follows from contracts. */
export { type DocumentOptions, openApiDocument } from './document.ts';

/** Work that a service does beside its requests, for as long as it runs. */
export { type Background, type BackgroundOptions, inBackground } from './background.ts';

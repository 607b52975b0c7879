/** The workload of a service, derived from its contract. */

export type { Spread, Spreading } from '../kubernetes/spread.ts';
export type { LogLevel } from './environment.ts';
export { FILES_FOLDER } from './files.ts';
export { Microservice, type MicroserviceProps } from './microservice.ts';
export type { Scaling } from './scaling.ts';

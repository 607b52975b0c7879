/** Contracts. Services import this package at run time, so it depends on no infrastructure. */

export {
  ConfigurationError,
  type ConfigurationErrorFields,
  ConfigurationErrors,
  isConfigurationError,
  type Place,
  throwIfAny,
} from './configuration-error.ts';
export { type Contract, type ContractSpec, contract, type ServiceLevel } from './contract.ts';
export { Duration } from './duration.ts';
export { ERROR_CODES, type ErrorCode } from './error-codes.ts';
export { deadLetterTopic, type Event, event, eventOf, replayGroup } from './event.ts';
export { exampleOf } from './example.ts';
export { listAt, textAt, valueAt } from './json.ts';
export { dnsLabel, LONGEST_NAME } from './names.ts';
export {
  type CassandraNeed,
  cassandra,
  mail,
  type Need,
  type PostgresNeed,
  postgres,
  type SecretNeed,
  secret,
} from './needs.ts';
export {
  type CachePolicy,
  type Method,
  type Operation,
  pathParams,
  type Route,
  type RouteSpec,
  route,
} from './route.ts';
export { spiffeIdOf } from './spiffe.ts';

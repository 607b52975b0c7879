import type { TSchema } from 'typebox';
import { ConfigurationError } from './configuration-error.ts';
import { listAt, textAt, valueAt } from './json.ts';

/** An event that a service publishes. Two versions may be published side by side while consumers migrate. */
export interface Event<N extends string = string, S extends TSchema = TSchema> {
  /** Discriminator of contract parts. */
  readonly kind: 'event';
  /** `subject.happened`, such as `order.placed`; also the name of the topic. */
  readonly name: N;
  /** Schema version, an integer ≥ 1. A change that existing consumers can't read needs a new version. */
  readonly version: number;
  /** TypeBox schema of the payload, an object. */
  readonly schema: S;
  /** Field of the payload that is the partition key, a required string: events with the same value stay in order. */
  readonly key: string;
}

/**
 * Declares an event. The publisher's contract lists it in `publishes`, a consumer's in `consumes`.
 * @throws ConfigurationError if the name, version or key is invalid.
 */
export function event<const N extends string, S extends TSchema>(
  name: N,
  version: number,
  schema: S,
  options: { readonly key: string },
): Event<N, S> {
  const where = `event '${name}'`;
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/.test(name)) {
    throw new ConfigurationError({
      code: 'name-invalid',
      where,
      problem: `the event name must be 'subject.happened' in lower case, got '${name}'`,
      fix: "write it like 'order.placed'",
    });
  }
  if (!Number.isInteger(version) || version < 1) {
    throw new ConfigurationError({
      code: 'event-version-invalid',
      where: `${where} › version`,
      problem: `version must be an integer ≥ 1, got ${version}`,
      fix: 'number schema versions 1, 2, 3…',
    });
  }
  const required = listAt(schema, 'required').map(String);
  const possible = required.filter((field) => isString(valueAt(schema, 'properties', field)));
  const key = textAt(options, 'key');
  if (key === undefined || !possible.includes(key)) {
    const field = valueAt(schema, 'properties', `${key}`);
    const fault =
      field === undefined ? 'is not in the schema' : required.includes(`${key}`) ? 'is not a string' : 'is optional';
    throw new ConfigurationError({
      code: 'event-key-invalid',
      where: `${where} › key`,
      problem: `the key must be a required string of the schema; ${key === undefined ? 'no key is given' : `'${key}' ${fault}`}`,
      fix: `use one of: ${possible.join(', ') || '(the schema has no required string)'}`,
    });
  }
  return { kind: 'event', name, version, schema, key };
}

/** Whether all values of a schema are strings. */
function isString(schema: unknown): boolean {
  const parts = listAt(schema, 'anyOf');
  const allowed = [valueAt(schema, 'const'), ...listAt(schema, 'enum')].filter((value) => value !== undefined);
  if (allowed.length > 0) return allowed.every((value) => typeof value === 'string');
  return parts.length > 0 ? parts.every(isString) : valueAt(schema, 'type') === 'string';
}

/**
 * Dead-letter topic of an event for one consumer: `<event>.<consumer>.dlt`. Only that consumer may write to it.
 * @param event name of the event
 * @param consumer name of the consuming contract
 * @example deadLetterTopic('user.registered', 'notifications') // 'user.registered.notifications.dlt'
 */
export function deadLetterTopic(event: string, consumer: string): string {
  return `${event}.${consumer}.dlt`;
}

/**
 * Event of a dead-letter topic; undefined for any other topic.
 * @example eventOf('user.registered.notifications.dlt') // 'user.registered'
 */
export function eventOf(topic: string): string | undefined {
  return /^(.+)\.[^.]+\.dlt$/.exec(topic)?.[1];
}

import type { TSchema } from 'typebox';
import { ConfigurationError } from './configuration-error.ts';

/** A fact that a service publishes. Two versions of one event may be published side by side while consumers move. */
export interface Event<N extends string = string, S extends TSchema = TSchema> {
  readonly kind: 'event';
  /** `subject.happened`, such as `order.placed`; also the topic's name. */
  readonly name: N;
  /** Schema version, from 1. A change that an old consumer can't read needs a new one. */
  readonly version: number;
  readonly schema: S;
  /** Field of the payload by which events stay in order: the partition key. */
  readonly key: string;
}

/**
 * Declares an event. The publisher's contract lists it in `publishes`, a consumer's in `consumes`.
 * @throws ConfigurationError when the name, version or key is not usable.
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
      problem: `'${name}' is no event name`,
      fix: "write 'subject.happened' in lower case, such as 'order.placed'",
    });
  }
  if (!Number.isInteger(version) || version < 1) {
    throw new ConfigurationError({
      code: 'event-version-invalid',
      where: `${where} › version`,
      problem: `version ${version} is no whole number from 1`,
      fix: 'count schema versions 1, 2, 3…',
    });
  }
  const properties = (schema as { properties?: Record<string, unknown> }).properties ?? {};
  if (!(options.key in properties)) {
    throw new ConfigurationError({
      code: 'event-key-invalid',
      where: `${where} › key`,
      problem: `the schema has no field '${options.key}'`,
      fix: `choose one of: ${Object.keys(properties).join(', ') || '(the schema has no fields)'}`,
    });
  }
  return { kind: 'event', name, version, schema, key: options.key };
}

/**
 * Topic that an event goes to when a consumer can't act on it: `<event>.<consumer>.dlt`. Each consumer has its own, so
 * that what one can't read is not in another's way, and only that consumer may write there.
 * @param event name of the event
 * @param consumer name of the consuming contract
 * @example deadLetterTopic('user.registered', 'notifications') // 'user.registered.notifications.dlt'
 */
export function deadLetterTopic(event: string, consumer: string): string {
  return `${event}.${consumer}.dlt`;
}

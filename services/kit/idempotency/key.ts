import { createHash } from 'node:crypto';
import type { Operation } from '@groundwork/contract';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Problem } from '../errors/problem.ts';

/** Request header with the key. @see draft-ietf-httpapi-idempotency-key-header */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** Schema of an idempotency key. */
export const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[!-~]*$',
  examples: ['0b8f8a52-5b1c-4f43-9a7e-3c2d1e0f9a8b'],
  description:
    'Unique for each intended action, such as a UUID. A repeated request with the same key gets the first response, within 24 hours.',
});

/** A request that acts once, however often it is sent. */
export interface Idempotency {
  /** Key that the caller chose. */
  readonly key: string;
  /** Operation, such as `orders.place`; keys of different operations are independent. */
  readonly operation: string;
  /** Id of the user, else name of the calling service; keys of different callers are independent. Empty if neither is known. */
  readonly caller: string;
  /** SHA-256 of the parameters, the query and the body, independent of the order of their fields. */
  readonly fingerprint: Buffer;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Reader of the idempotency key of requests for an operation.
 * @returns a function that returns undefined if the operation takes no key, or the request has none;
 *   it throws the Problem `idempotency-key-missing` or `idempotency-key-invalid`
 */
export function idempotencyReader({
  service,
  name,
  spec,
}: Operation): (headers: Headers, input: object, caller: string | undefined) => Idempotency | undefined {
  if (spec.idempotency === undefined) return () => undefined;
  return (headers, input, caller = '') => {
    const key = headers[IDEMPOTENCY_KEY_HEADER];
    if (key === undefined) {
      if (spec.idempotency === 'accepted') return undefined;
      throw new Problem('idempotency-key-missing', 'send a key that is unique for this action, such as a UUID');
    }
    if (!validKey.Check(key)) throw new Problem('idempotency-key-invalid');
    return { key, operation: `${service}.${name}`, caller, fingerprint: fingerprintOf(input) };
  };
}

const validKey = Compile(IdempotencyKey);

function fingerprintOf(input: object): Buffer {
  return createHash('sha256').update(JSON.stringify(input, sortFields)).digest();
}

function sortFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

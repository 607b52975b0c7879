import { randomUUID } from 'node:crypto';
import { ConfigurationError, type Contract, type Operation, textAt } from '@groundwork/contract';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Resolver } from '../discovery/resolver.ts';
import { Problem } from '../errors/problem.ts';
import { IDEMPOTENCY_KEY_HEADER } from '../idempotency/key.ts';
import type { Trust } from '../identity/trust.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Answer, Arguments, Context } from '../operation.ts';
import { withSafeIntegers } from '../schema/rewrite.ts';
import { type Upstream, upstream } from './upstream.ts';

/** The callee sent an error response. Uncaught, it becomes `upstream-failed`: our caller does not see the response of the callee. */
export class CallRefused extends Problem {
  /** HTTP status of the response. */
  public readonly answered: number;
  /** Code of the problem; undefined if the body is not problem+json. */
  public readonly answeredCode: string | undefined;

  /** @param answered HTTP status of the response */
  public constructor({ service, name }: Operation, answered: number, answeredCode: string | undefined) {
    super('upstream-failed');
    this.message = `${service}.${name} answered ${answered} ${answeredCode ?? ''}`;
    this.answered = answered;
    this.answeredCode = answeredCode;
  }
}

/** Client for the operations in a contract's `calls`, and no others. */
export interface Client<C extends Contract> {
  /**
   * Calls an operation. One with `idempotency` in its contract is sent with a key, so that it is retried after a lost
   * connection like a method that may be repeated.
   * @throws CallRefused if the callee sends an error response
   * @throws Problem `unavailable`, `deadline-exceeded` or `upstream-failed` if there is no valid response
   * @throws ConfigurationError `call-undeclared` for an operation that is not in the contract's `calls`
   */
  call<const O extends C['calls'][number]>(
    operation: O,
    input: Arguments<O>,
    context: Context,
    options?: CallOptions,
  ): Promise<Answer<O>>;
  /** The service that owns an operation, for calls that forward bodies unparsed. */
  upstream(operation: C['calls'][number]): Upstream;
  /** Closes all connections; does not close the resolver. */
  close(): Promise<void>;
}

/** Options of one call. */
export interface CallOptions {
  /**
   * Key of the request, 1 to 255 visible ASCII characters: a call that is repeated later, such as by the next attempt of
   * a consumer, needs the same one. Only for operations with `idempotency`. @default a random one for each call
   */
  readonly idempotencyKey?: string;
}

export interface ClientOptions {
  /** Counts calls and retries. */
  readonly metrics: Metrics;
  /** Finds an instance for each call. */
  readonly resolver: Resolver;
  /** Certificate for mutual TLS: see `openTrust`. Undefined: plain HTTP. */
  readonly trust: Trust | undefined;
  /** Maximum calls to each service in progress; more are rejected with `unavailable`. @default 512 */
  readonly maxInFlight?: number;
}

/** Creates a client for the operations in `calls`. Connections are opened on first use. */
export function createClient<C extends Contract>(contract: C, options: ClientOptions): Client<C> {
  const upstreams = new Map<string, Upstream>();
  for (const { service } of contract.calls) {
    if (!upstreams.has(service)) upstreams.set(service, upstream(service, options));
  }
  const declared = new Set(contract.calls.map(({ service, name }) => `${service}.${name}`));
  const reach = (operation: Operation): Upstream => {
    const found = upstreams.get(operation.service);
    if (found !== undefined && declared.has(`${operation.service}.${operation.name}`)) return found;
    throw new ConfigurationError({
      code: 'call-undeclared',
      where: `contract '${contract.name}' › calls`,
      problem: `${operation.service}.${operation.name} is called but not declared`,
      fix: `add ${operation.service}.http.${operation.name} to calls`,
    });
  };
  const replies = new Map<TSchema, (body: unknown) => unknown>();
  const readerOf = (schema: TSchema) => {
    const reader = replies.get(schema) ?? tolerantReader(schema);
    replies.set(schema, reader);
    return reader;
  };
  return {
    call: async <const O extends C['calls'][number]>(
      operation: O,
      input: Arguments<O>,
      context: Context,
      { idempotencyKey = randomUUID() }: CallOptions = {},
    ) => {
      const { params, query, body } = input as {
        params?: Record<string, string>;
        query?: Record<string, unknown>;
        body?: unknown;
      };
      const keyed = operation.spec.idempotency !== undefined;
      const response = await reach(operation).request({
        operation,
        path: pathOf(operation.path, params, query),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(keyed ? { [IDEMPOTENCY_KEY_HEADER]: idempotencyKey } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        context,
      });
      const schema = operation.spec.reply[response.statusCode];
      const text = await response.body.text();
      if (schema === undefined) throw new CallRefused(operation, response.statusCode, problemCode(text));
      const answer = {
        status: response.statusCode,
        body: response.statusCode === 204 ? null : readerOf(schema)(isText(schema) ? text : parse(text)),
      };
      return answer as unknown as Answer<O>;
    },
    upstream: reach,
    close: async () => {
      await Promise.all([...upstreams.values()].map((one) => one.close()));
    },
  };
}

function isText(schema: TSchema): boolean {
  return textAt(schema, 'contentMediaType') !== undefined;
}

/** Drops fields that our version of the contract does not have, then validates: the callee may be newer. */
function tolerantReader(schema: TSchema): (body: unknown) => unknown {
  const validator = Compile(withSafeIntegers(schema));
  return (body) => {
    const known = validator.Clean(body);
    if (!validator.Check(known)) throw new Problem('upstream-failed');
    return known;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem('upstream-failed', undefined, { cause: error });
  }
}

function problemCode(text: string): string | undefined {
  try {
    return textAt(JSON.parse(text), 'code');
  } catch {
    return undefined;
  }
}

/**
 * Fills in the parameters of a path template, each as one encoded segment, and appends the query: a list as one pair for
 * each of its members.
 */
export function pathOf(
  template: string,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const path = template.replace(/:([A-Za-z0-9_]+)/g, (_whole, name: string) => encodeURIComponent(`${params[name]}`));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, `${one}`);
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

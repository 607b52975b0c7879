import { ConfigurationError, type Contract, type Operation } from '@groundwork/contract';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Context } from '../context.ts';
import type { Resolver } from '../discovery/resolver.ts';
import { Problem } from '../errors/problem.ts';
import type { Trust } from '../identity/trust.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Answer, Arguments } from '../operation.ts';
import { pathOf } from './path.ts';
import { type Upstream, upstream } from './upstream.ts';

/** The callee answered with an error. Not caught, it becomes `upstream-failed`: its own answer is no business of our caller. */
export class CallRefused extends Problem {
  /** Status of the answer. */
  public readonly answered: number;
  /** The problem's code, or undefined when the answer was no problem+json. */
  public readonly answeredCode: string | undefined;

  public constructor({ service, name }: Operation, answered: number, answeredCode: string | undefined) {
    super('upstream-failed');
    this.message = `${service}.${name} answered ${answered} ${answeredCode ?? ''}`;
    this.answered = answered;
    this.answeredCode = answeredCode;
  }
}

/** Calls to the operations in a contract's `calls`, and to no other. */
export interface Client<C extends Contract> {
  /**
   * @throws CallRefused when the callee answers an error
   * @throws Problem `unavailable`, `deadline-exceeded` or `upstream-failed` when it doesn't answer as it should
   * @throws ConfigurationError for an operation that is not in the contract's `calls`
   */
  call<const O extends C['calls'][number]>(operation: O, input: Arguments<O>, context: Context): Promise<Answer<O>>;
  /** The service behind an operation, for calls that pass bodies on unread. */
  upstream(operation: C['calls'][number]): Upstream;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly metrics: Metrics;
  /** Finds the services. */
  readonly resolver: Resolver;
  /** With whom the client speaks mutual TLS: see `openTrust`. Undefined: plain HTTP. */
  readonly trust: Trust | undefined;
}

/** Connections are made when they are first needed. `close` ends them, and leaves the resolver to whoever made it. */
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
    call: async <const O extends C['calls'][number]>(operation: O, input: Arguments<O>, context: Context) => {
      const { params, query, body } = input as {
        params?: Record<string, string>;
        query?: Record<string, unknown>;
        body?: unknown;
      };
      const response = await reach(operation).request({
        method: operation.method,
        path: pathOf(operation.path, params, query),
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        context,
      });
      const schema = operation.spec.reply[response.statusCode];
      const text = await response.body.text();
      if (schema === undefined) throw new CallRefused(operation, response.statusCode, problemCode(text));
      const answer = {
        status: response.statusCode,
        body: response.statusCode === 204 ? null : readerOf(schema)(parse(text)),
      };
      return answer as unknown as Answer<O>;
    },
    upstream: reach,
    close: async () => {
      await Promise.all([...upstreams.values()].map((one) => one.close()));
    },
  };
}

/** Drops fields that our version of the contract doesn't know yet, then checks: the callee may be newer than we are. */
function tolerantReader(schema: TSchema): (body: unknown) => unknown {
  const validator = Compile(schema);
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
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

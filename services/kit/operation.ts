import type { Operation } from '@groundwork/contract';
import type { Static, TSchema } from 'typebox';
import type { Deadline } from './deadline/deadline.ts';
import type { Logger } from './log/logger.ts';
import type { Trace } from './trace/traceparent.ts';

type StaticOf<S> = S extends TSchema ? Static<S> : undefined;
type Part<O extends Operation, K extends 'params' | 'query' | 'body'> = O['spec'] extends { readonly [P in K]: infer S }
  ? StaticOf<S>
  : undefined;
type WithoutUndefined<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] };

/** Validated input of an operation: `undefined` for the parts that its contract leaves out. */
export interface Input<O extends Operation> {
  /** Path parameters. */
  readonly params: Part<O, 'params'>;
  /** Query parameters. */
  readonly query: Part<O, 'query'>;
  /** JSON body. */
  readonly body: Part<O, 'body'>;
}

/** What a caller passes to an operation: only the parts that the contract names. */
export type Arguments<O extends Operation> = WithoutUndefined<{ [K in keyof Input<O>]: Input<O>[K] }>;

/** A response that the contract allows: one of its statuses with that status's body. */
export type Answer<O extends Operation> = {
  [S in keyof O['spec']['reply'] & number]: {
    readonly status: S;
    readonly body: StaticOf<O['spec']['reply'][S]>;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof O['spec']['reply'] & number];

/** Request-scoped values, propagated through this service and into the calls that it makes. */
export interface Context {
  /** The same in every service that the request reaches, and in the response header `x-request-id`. */
  readonly requestId: string;
  /** Position in the distributed trace; outgoing calls continue it. */
  readonly trace: Trace;
  /** When the caller stops waiting; outgoing calls inherit what is left of it. */
  readonly deadline: Deadline;
  /** Logger whose lines contain the request id and the trace. */
  readonly log: Logger;
}

import type { TObject, TSchema } from 'typebox';
import type { Duration } from './duration.ts';

/** HTTP methods of operations. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * How long an answer may be used again: fresh for `maxAge`, and then stale for `maxStale`, while the service gets a new one
 * or cannot get one. Both are whole seconds.
 */
export interface CachePolicy {
  /** Age from which an answer is stale. */
  readonly maxAge: Duration;
  /** How long a stale answer may be used. */
  readonly maxStale: Duration;
}

/** Request and replies of an HTTP operation. */
export interface RouteSpec {
  /** One line for the OpenAPI document; the `examples` of the schemas become its examples. @default the operation's name */
  readonly summary?: string;
  /** Path parameters: exactly those that are `:name` in the path. @default none */
  readonly params?: TObject;
  /** Query parameters. Unknown ones are rejected with 400. @default none */
  readonly query?: TObject;
  /** JSON body. @default none: a request with a body is rejected */
  readonly body?: TSchema;
  /**
   * JSON reply by status code; at least one is below 400. Errors are problem+json (RFC 9457) and need no entry. A string
   * with `contentMediaType`, such as `text/html`, is sent as text of that type.
   */
  readonly reply: Readonly<Record<number, TSchema>>;
  /** Who may call it: `user` needs a valid access token, `none` doesn't. @default 'user' */
  readonly auth?: 'user' | 'none';
  /** Time after which the server aborts the request, unless the caller's deadline is shorter. @default Duration.seconds(5) */
  readonly timeout?: Duration;
  /**
   * Whether a write takes the header `Idempotency-Key`, so that a repeated request acts once and gets the first response:
   * `required` rejects a request without a key, `accepted` executes it each time. @default no key is read
   */
  readonly idempotency?: 'required' | 'accepted';
  /**
   * Caches successful answers in the service and downstream. Only for a GET with auth 'none'. An answer from the cache has
   * the header `Age`, and a stale one also `Cache-Status` (RFC 9211). @default not cached
   */
  readonly cache?: CachePolicy;
  /**
   * Body with which an edge answers 200 while the service gives no answer, or fails. It must say that it is no full answer.
   * Only for a GET. @default the edge answers with the error
   */
  readonly fallback?: unknown;
}

/** A route before a contract adds its owner and name. */
export interface Route<M extends Method = Method, P extends string = string, S extends RouteSpec = RouteSpec> {
  /** Distinguishes a route from a contract, an event and a need. */
  readonly kind: 'route';
  /** HTTP method. */
  readonly method: M;
  /** Path with parameters as `:name`, such as `/products/:id`. */
  readonly path: P;
  /** Request and replies. */
  readonly spec: S;
}

/** A route of a contract; other contracts list it in `calls`. */
export type Operation<R extends Route = Route> = R & {
  /** Contract that serves it. */
  readonly service: string;
  /** Key under the contract's `http`. */
  readonly name: string;
};

/** Declares an HTTP operation; a contract's `http` field gives it its name. */
export function route<const M extends Method, const P extends string, const S extends RouteSpec>(
  method: M,
  path: P,
  spec: S,
): Route<M, P, S> {
  return { kind: 'route', method, path, spec };
}

/** Names of the parameters in a path: `/a/:b/:c` gives `['b', 'c']`. */
export function pathParams(path: string): string[] {
  return [...path.matchAll(/:([A-Za-z0-9_]+)/g)].flatMap(([, name]) => name ?? []);
}

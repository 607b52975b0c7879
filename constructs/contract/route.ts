import type { TObject, TSchema } from 'typebox';
import type { Duration } from './duration.ts';

/** HTTP methods of operations. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

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

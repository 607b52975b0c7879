import { ConfigurationError, type Contract, type Operation, type Route, valueAt } from '@groundwork/contract';
import type { Idempotency } from '../idempotency/key.ts';
import type { Answer, Context, Input } from '../operation.ts';
import type { Caller } from '../tokens/caller.ts';

/** A request as its handler receives it: validated against the contract. */
export type Request<O extends Operation> = Input<O> & {
  /** Request id, trace, deadline and log. */
  readonly context: Context;
  /** The user, from a verified access token; undefined if the operation has auth 'none'. */
  readonly caller: O['spec'] extends { readonly auth: 'none' } ? undefined : Caller;
  /** Key of the request, for `idempotently`; undefined if the operation takes none, or the caller sent none. */
  readonly idempotency: O['spec'] extends { readonly idempotency: 'required' }
    ? Idempotency
    : O['spec'] extends { readonly idempotency: 'accepted' }
      ? Idempotency | undefined
      : undefined;
  /** Headers of the request, names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** Handles requests for one operation. It throws a Problem for an error that the caller may see. */
export type Handler<O extends Operation> = (request: Request<O>) => Promise<Answer<O>>;

/** One handler for each operation of the contract, by the name of the operation. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C['http']]: C['http'][K] extends Operation ? Handler<C['http'][K]> : never;
};

/**
 * Checks at run time what `Handlers` says at compile time.
 * @throws ConfigurationError `handlers-mismatch` for an operation without a handler, or a handler without an operation
 */
export function checkHandlers<H extends Record<string, Route>>(contract: Contract<H>, handlers: object): void {
  const operations = Object.keys(contract.http);
  const missing = operations.filter((name) => typeof valueAt(handlers, name) !== 'function');
  const extra = Object.keys(handlers).filter((name) => !operations.includes(name));
  if (missing.length === 0 && extra.length === 0) return;
  throw new ConfigurationError({
    code: 'handlers-mismatch',
    where: `handlers of contract '${contract.name}'`,
    problem: [
      missing.length > 0 ? `no handler for ${missing.join(', ')}` : '',
      extra.length > 0 ? `no operation for ${extra.join(', ')}` : '',
    ]
      .filter(Boolean)
      .join('; '),
    fix: "pass one handler for each operation in the contract's http, and no other",
  });
}

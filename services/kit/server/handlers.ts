import { ConfigurationError, type Contract, type Operation, type Route } from '@groundwork/contract';
import type { Context } from '../context.ts';
import type { Answer, Input } from '../operation.ts';
import type { Caller } from '../tokens/caller.ts';

/** A request as a handler sees it: checked against the contract. */
export type Request<O extends Operation> = Input<O> & {
  readonly context: Context;
  /** Who asks, by a checked token; only where the operation's `auth` is 'user'. */
  readonly caller: O['spec'] extends { readonly auth: 'none' } ? undefined : Caller;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** Answers one operation; an error for the caller is thrown as a Problem. */
export type Handler<O extends Operation> = (request: Request<O>) => Promise<Answer<O>>;

/** One handler for each operation of the contract, under the operation's name. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C['http']]: C['http'][K] extends Operation ? Handler<C['http'][K]> : never;
};

/** @throws ConfigurationError for an operation without handler, or a handler without operation: types can be cast away. */
export function checkHandlers<H extends Record<string, Route>>(contract: Contract<H>, handlers: object): void {
  const operations = Object.keys(contract.http);
  const missing = operations.filter((name) => typeof (handlers as Record<string, unknown>)[name] !== 'function');
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
    fix: "give one handler for each operation of the contract's http, and no other",
  });
}

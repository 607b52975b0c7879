import { Duration } from '@groundwork/contract';
import { inventory } from '@groundwork/contracts/inventory';
import type { orders as contract } from '@groundwork/contracts/orders';
import { payments } from '@groundwork/contracts/payments';
import { type Client, type Context, joinTrace, type Logger } from '@groundwork/kit';
import { detachedContext } from '../context.ts';
import type { Command } from './states.ts';
import type { Saga } from './store.ts';

/** The services that carry out a saga's commands. Each answers with the status of the reservation or payment. */
export type Participants = Readonly<Record<Command, (saga: Saga) => Promise<string>>>;

/** Time for one command; payments waits for the payment provider meanwhile. */
const TIMEOUT = Duration.seconds(8);

/** The participants over the network. Their functions throw if there is no answer; the command may have been carried out. */
export function remoteParticipants(client: Client<typeof contract>, log: Logger): Participants {
  const send = async (
    saga: Saga,
    act: (context: Context) => Promise<{ readonly body: { readonly status: string } }>,
  ) => {
    const context = detachedContext(TIMEOUT, log, joinTrace(saga.trace));
    try {
      return (await act(context)).body.status;
    } finally {
      context.deadline.clear();
    }
  };
  const amount = ({ total, currency }: Saga) => ({ amount: Number(total), currency });
  const params = ({ id }: Saga) => ({ params: { id } });
  return {
    reserve: (saga) => {
      const lines = saga.lines.map(({ productId, quantity }) => ({ productId, quantity }));
      return send(saga, (context) =>
        client.call(inventory.http.reserve, { ...params(saga), body: { lines } }, context),
      );
    },
    capture: (saga) => {
      const body = { amount: amount(saga), method: saga.payment_method };
      return send(saga, (context) => client.call(payments.http.capture, { ...params(saga), body }, context));
    },
    confirm: (saga) => send(saga, (context) => client.call(inventory.http.confirm, params(saga), context)),
    refund: (saga) => {
      const body = { amount: amount(saga) };
      return send(saga, (context) => client.call(payments.http.refund, { ...params(saga), body }, context));
    },
    release: (saga) => send(saga, (context) => client.call(inventory.http.release, params(saga), context)),
  };
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { textAt, valueAt } from '@groundwork/contract';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../tables.ts';
import { behaviorOf } from './methods.ts';

/** A simulated payment provider that listens on this host only. */
export interface PspSimulator {
  /** Base URL for `httpPsp`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a simulated payment provider. Its state is a table, so that it outlives a pod and is the same for all pods. The
 * payment method decides how it behaves: see `methods.ts`.
 */
export async function startPspSimulator(database: Kysely<Tables>): Promise<PspSimulator> {
  const server = createServer((request, response) => {
    answer(database, request, response).catch(() => {
      response.statusCode = 500;
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(database: Kysely<Tables>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const key = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
  const reply = (statusCode: number, status: string) => {
    response.writeHead(statusCode, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status }));
  };
  if (request.method === 'GET') {
    const status = await outcomeOf(database, key);
    return reply(status === undefined ? 404 : 200, status ?? 'unknown');
  }
  const operation = await json(request);
  const method = textAt(operation, 'method') ?? '';
  const { received } = await database
    .insertInto('psp_simulator')
    .values({
      key,
      method,
      amount: Number(valueAt(operation, 'amount')),
      currency: textAt(operation, 'currency') ?? '',
    })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ received: sql`psp_simulator.received + 1` }))
    .returning('received')
    .executeTakeFirstOrThrow();
  const behavior = behaviorOf(key, method);
  if (behavior.answer === 'none') return;
  if (behavior.answer !== 'error-once') return reply(200, behavior.answer);
  return received === 1 ? reply(500, 'unknown') : reply(200, 'succeeded');
}

/** Reads and counts the read. @returns undefined for an operation that was never received, or failed without effect */
async function outcomeOf(database: Kysely<Tables>, key: string): Promise<string | undefined> {
  const row = await database
    .updateTable('psp_simulator')
    .set({ reads: sql`reads + 1` })
    .where('key', '=', key)
    .returning(['method', 'reads', 'received', sql<number>`extract(epoch FROM now() - created_at)::float`.as('age')])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const behavior = behaviorOf(key, row.method);
  if (behavior.answer === 'error-once' && row.received === 1) return undefined;
  return behavior.outcome(row.reads - 1, row.age * 1000);
}

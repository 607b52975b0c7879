import { type Contract, type Operation, valueAt } from '@groundwork/contract';
import {
  CallRefused,
  type Client,
  type Context,
  catalog,
  Problem,
  pathOf,
  type Server,
  type Upstream,
  withinDeadline,
} from '@groundwork/kit';
import type { FastifyRequest } from 'fastify';
import { answerHeaders, requestHeaders } from './headers.ts';

/** Fallbacks, which are no answers of the service. */
const NO_STORE = { 'cache-control': 'no-store' };

/**
 * Forwards each operation to the service that owns it. The gateway checks that a body is JSON, and its size; the owner
 * validates it. Responses are streamed. An operation with a fallback never fails by its service.
 */
export function proxy(app: Server, client: Client<Contract>, operations: readonly Operation[]): void {
  for (const operation of operations) {
    const { fallback } = operation.spec;
    const forward = forwardTo(client.upstream(operation), operation);
    app.route({
      method: operation.method,
      url: operation.path,
      config: { operation },
      handler: async (request, reply) => {
        try {
          const { status, headers, body } = await forward(request);
          return reply.code(status).headers(headers).send(body);
        } catch (error) {
          if (fallback === undefined || !(error instanceof Problem && error.status >= 500)) throw error;
          request.requestContext.log.warn({ err: error, operation: operation.name }, 'answered with the fallback');
          return reply.headers(NO_STORE).send(fallback);
        }
      },
    });
  }
}

function forwardTo(upstream: Upstream, operation: Operation) {
  const authorized = (operation.spec.auth ?? 'user') === 'user';
  return async (request: FastifyRequest) => {
    const context = request.context as Context;
    const query = request.raw.url?.split('?').slice(1).join('?');
    const answer = await withinDeadline(
      context.deadline,
      upstream.request({
        operation,
        path: `${pathOf(operation.path, request.params as Record<string, string>)}${query ? `?${query}` : ''}`,
        headers: requestHeaders(request.headers, authorized),
        ...(request.body === undefined || request.body === null ? {} : { body: JSON.stringify(request.body) }),
        context,
      }),
    );
    const body = await bodyOf(answer, operation);
    return { status: answer.statusCode, headers: answerHeaders(answer.headers), body };
  };
}

/**
 * The body to forward. A 403 of the service for its user is forwarded. A 403 with code `forbidden` is for the gateway
 * itself: the allow list of the service does not match the contracts, or not yet.
 * @throws CallRefused for the latter, which becomes `upstream-failed`, and for a failure if the operation has a fallback
 */
async function bodyOf(
  { statusCode, body }: Awaited<ReturnType<Upstream['request']>>,
  operation: Operation,
): Promise<typeof body | string> {
  if (statusCode >= 500 && operation.spec.fallback !== undefined) {
    await body.dump();
    throw new CallRefused(operation, statusCode, undefined);
  }
  if (statusCode !== catalog.forbidden.status) return body;
  const text = await body.text();
  if (codeOf(text) === 'forbidden') throw new CallRefused(operation, statusCode, 'forbidden');
  return text;
}

function codeOf(body: string): unknown {
  try {
    return valueAt(JSON.parse(body), 'code');
  } catch {
    return undefined;
  }
}

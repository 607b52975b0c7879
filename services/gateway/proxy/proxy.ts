import { type Contract, type Operation, valueAt } from '@groundwork/contract';
import {
  CallRefused,
  type Client,
  type Context,
  catalog,
  pathOf,
  type Server,
  type Upstream,
  withinDeadline,
} from '@groundwork/kit';
import { answerHeaders, requestHeaders } from './headers.ts';

/**
 * Forwards each operation to the service that owns it. The gateway checks that a body is JSON, and its size; the owner
 * validates it. Responses are streamed.
 */
export function proxy(app: Server, client: Client<Contract>, operations: readonly Operation[]): void {
  for (const operation of operations) {
    const upstream = client.upstream(operation);
    const authorized = (operation.spec.auth ?? 'user') === 'user';
    app.route({
      method: operation.method,
      url: operation.path,
      config: { operation },
      handler: async (request, reply) => {
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
        return reply.code(answer.statusCode).headers(answerHeaders(answer.headers)).send(body);
      },
    });
  }
}

/**
 * The body to forward. A 403 of the service for its user is forwarded. A 403 with code `forbidden` is for the gateway
 * itself: the allow list of the service does not match the contracts, or not yet.
 * @throws CallRefused for the latter, which becomes `upstream-failed`
 */
async function bodyOf(
  { statusCode, body }: Awaited<ReturnType<Upstream['request']>>,
  operation: Operation,
): Promise<typeof body | string> {
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

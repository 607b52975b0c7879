import type { Contract, Operation } from '@groundwork/contract';
import { type Client, type Context, pathOf, type Server, withinDeadline } from '@groundwork/kit';
import { answerHeaders, requestHeaders } from './headers.ts';

/**
 * Serves each operation by passing it on to the service that owns it. The gateway checks that a body is JSON and how
 * large it is; whether it fits is the owner's to say. The answer is streamed through.
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
            method: operation.method,
            path: `${pathOf(operation.path, request.params as Record<string, string>)}${query ? `?${query}` : ''}`,
            headers: requestHeaders(request.headers, authorized),
            ...(request.body === undefined || request.body === null ? {} : { body: JSON.stringify(request.body) }),
            context,
          }),
        );
        return reply.code(answer.statusCode).headers(answerHeaders(answer.headers)).send(answer.body);
      },
    });
  }
}

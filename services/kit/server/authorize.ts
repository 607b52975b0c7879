import type { Operation } from '@groundwork/contract';
import type { onRequestHookHandler } from 'fastify';
import { Problem } from '../errors/problem.ts';
import type { Trust } from '../identity/trust.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { peerAccount } from './peer.ts';

/** Hook that rejects a request with `forbidden` unless the allow list names its caller. It runs before the body is read. */
export function authorize(trust: Trust, { name }: Operation, metrics: Metrics): onRequestHookHandler {
  return (request, _reply, next) => {
    const caller = peerAccount(trust, request.raw.socket);
    if (caller !== undefined && trust.mayCall(name, caller)) return next();
    // One label value for all unknown callers: a name of their choice would be an unbounded number of series.
    const labels = { caller: caller ?? 'unknown', operation: name };
    metrics.refused(labels);
    request.requestContext.log.warn(labels, 'request rejected: the caller is not on the allow list');
    next(new Problem('forbidden'));
  };
}

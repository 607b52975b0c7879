import type { Operation } from '@groundwork/contract';
import type { onRequestHookHandler } from 'fastify';
import { Problem } from '../errors/problem.ts';
import type { Trust } from '../identity/trust.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { peerAccount } from './peer.ts';

/** Lets a request through to an operation when the allow list names its caller; else `forbidden`, before anything of it is read. */
export function authorize(trust: Trust, { name }: Operation, metrics: Metrics): onRequestHookHandler {
  return (request, _reply, next) => {
    const caller = peerAccount(trust, request.raw.socket);
    if (caller !== undefined && trust.mayCall(name, caller)) return next();
    // One label for all strangers: what they call themselves must not fill the memory.
    const labels = { caller: caller ?? 'stranger', operation: name };
    metrics.refused(labels);
    request.requestContext.log.warn(labels, 'refused: the caller is not on the allow list');
    next(new Problem('forbidden'));
  };
}

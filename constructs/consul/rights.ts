import type { ConsulDesiredState } from '@groundwork/contract/desired-state';
import type { Graph } from '../graph/index.ts';
import { AUTH_METHOD } from './constants.ts';

/** Rights of each service: to write what is registered under its own name, and to read where its callees are. */
export function desiredStateOf(
  graph: Graph,
  { address, serverName, namespace }: Pick<ConsulDesiredState, 'address' | 'serverName' | 'namespace'>,
): ConsulDesiredState {
  return {
    address,
    serverName,
    namespace,
    authMethod: AUTH_METHOD,
    services: graph.contracts.map(({ name }) => ({ name, reads: [...graph.calleesOf(name)].sort() })),
  };
}

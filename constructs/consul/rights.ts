import type { ConsulDesiredState } from '@groundwork/contract/desired-state';
import type { Graph } from '../graph/index.ts';
import { AUTH_METHOD } from './constants.ts';

/** Policies of each service: write its own registration, and read the instances of its callees. */
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

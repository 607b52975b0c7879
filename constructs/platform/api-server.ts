import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { type ExternalEndpoint, egressToExternal } from '../kubernetes/network-policy.ts';

/** Address of the API server behind the Service `kubernetes`. It is not a pod, so network policies list networks. */
export type ApiServer = ExternalEndpoint;

/** Private networks (RFC 1918). */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

const USUAL: ApiServer = { cidrs: PRIVATE_NETWORKS, ports: [443, 6443] };

export function egressToApiServer(apiServer: ApiServer = USUAL): NetworkPolicyEgressRule {
  return egressToExternal(apiServer);
}

import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { type ExternalEndpoint, egressToExternal } from '../kubernetes/network-policy.ts';

/** Where the cluster's API server answers, behind the Service `kubernetes`. Its address is not a pod's, so policies name networks. */
export type ApiServer = ExternalEndpoint;

/** Networks that no address of the internet is in (RFC 1918). */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

const USUAL: ApiServer = { cidrs: PRIVATE_NETWORKS, ports: [443, 6443] };

export function egressToApiServer(apiServer: ApiServer = USUAL): NetworkPolicyEgressRule {
  return egressToExternal(apiServer);
}

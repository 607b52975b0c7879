import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';

/** Where the cluster's API server answers. Its address is no pod's, so policies name networks. */
export interface ApiServer {
  /** Networks in CIDR notation. */
  readonly cidrs: readonly string[];
  /** Ports of the server itself, behind the Service `kubernetes`. */
  readonly ports: readonly number[];
}

/** Networks that no address of the internet is in (RFC 1918). */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

const USUAL: ApiServer = { cidrs: PRIVATE_NETWORKS, ports: [443, 6443] };

export function egressToApiServer({ cidrs, ports }: ApiServer = USUAL): NetworkPolicyEgressRule {
  return { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: ports.map((port) => ({ protocol: 'TCP', port })) };
}

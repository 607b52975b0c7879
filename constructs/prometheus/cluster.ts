import { ConfigurationError } from '@groundwork/contract';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { egressToExternal, validateExternalEndpoints } from '../kubernetes/network-policy.ts';
import { PRIVATE_NETWORKS } from '../platform/api-server.ts';

export const KUBELET_PORT = 10_250;

/** How kubelets and API server are scraped. */
export interface ClusterMetrics {
  /**
   * `discovered`: as the API server lists them, which takes a ClusterRole and an image that knows `kubernetes_sd_configs`
   * (the public one does, Debian's doesn't). Or their addresses, for a cluster whose nodes stay.
   */
  readonly kubelets: 'discovered' | readonly string[];
  /** For clusters whose kubelets sign their own certificates: whoever takes a node's address may then lie about its pods. @default false */
  readonly unverified?: boolean;
  /** Networks of discovered nodes, for the NetworkPolicy. @default private networks (RFC 1918) */
  readonly networks?: readonly string[];
}

export function egressToKubelets({ kubelets, networks = PRIVATE_NETWORKS }: ClusterMetrics): NetworkPolicyEgressRule {
  return egressToExternal({
    cidrs: kubelets === 'discovered' ? networks : kubelets.map((address) => `${address}/32`),
    ports: [KUBELET_PORT],
  });
}

export function validateCluster(where: string, { kubelets, networks }: ClusterMetrics): ConfigurationError[] {
  const found =
    networks === undefined
      ? []
      : validateExternalEndpoints(`${where} › networks`, [{ cidrs: networks, ports: [KUBELET_PORT] }]);
  if (kubelets === 'discovered') return found;
  if (networks !== undefined)
    found.push(
      new ConfigurationError({
        code: 'cluster-metrics-invalid',
        where: `${where} › networks`,
        problem: "it does nothing, since 'kubelets' lists addresses",
        fix: 'leave one of the two out',
      }),
    );
  if (kubelets.length === 0)
    found.push(
      new ConfigurationError({
        code: 'cluster-metrics-invalid',
        where: `${where} › kubelets`,
        problem: 'no address is listed',
        fix: "list the nodes' addresses, or write 'discovered', or cluster: 'none'",
      }),
    );
  for (const address of kubelets) {
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address))
      found.push(
        new ConfigurationError({
          code: 'cluster-metrics-invalid',
          where: `${where} › kubelets`,
          problem: `'${address}' is no IPv4 address`,
          fix: "write such as '10.0.0.4'",
        }),
      );
  }
  return found;
}

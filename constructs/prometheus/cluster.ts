import { ConfigurationError } from '@groundwork/contract';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { egressToExternal, PRIVATE_NETWORKS, validateExternalEndpoints } from '../kubernetes/network-policy.ts';

export const KUBELET_PORT = 10_250;

/** How kubelets and API servers are scraped. */
export interface ClusterMetrics {
  /**
   * `discovered`: from the API server, which requires a ClusterRole and an image with `kubernetes_sd_configs` (the public
   * image has it, Debian's does not). Or a list of addresses, for a cluster with fixed nodes.
   */
  readonly kubelets: 'discovered' | readonly string[];
  /** For clusters with self-signed kubelet certificates: an attacker with the address of a node could then forge its metrics. @default false */
  readonly unverified?: boolean;
  /** Networks of discovered nodes in CIDR notation, for the NetworkPolicy. @default private networks (RFC 1918) */
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
        problem: "it has no effect, since 'kubelets' lists addresses",
        fix: 'remove one of the two',
      }),
    );
  if (kubelets.length === 0)
    found.push(
      new ConfigurationError({
        code: 'cluster-metrics-invalid',
        where: `${where} › kubelets`,
        problem: 'the list of addresses must not be empty',
        fix: "list the nodes' addresses, or write 'discovered', or cluster: 'none'",
      }),
    );
  for (const address of kubelets) {
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address))
      found.push(
        new ConfigurationError({
          code: 'cluster-metrics-invalid',
          where: `${where} › kubelets`,
          problem: `the address must be an IPv4 address, got '${address}'`,
          fix: "write it like '10.0.0.4'",
        }),
      );
  }
  return found;
}

import { ConfigurationError } from '@groundwork/contract';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';

/** Somewhere outside of the cluster, as a NetworkPolicy can name it. */
export interface ExternalEndpoint {
  /** Networks in CIDR notation, such as `203.0.113.0/24`. */
  readonly cidrs: readonly string[];
  /** TCP ports. */
  readonly ports: readonly number[];
}

export function egressToExternal({ cidrs, ports }: ExternalEndpoint): NetworkPolicyEgressRule {
  return { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: ports.map((port) => ({ protocol: 'TCP', port })) };
}

/** An empty list in a policy means everywhere: the opposite of what it looks like. */
export function validateOutside(where: string, places: readonly ExternalEndpoint[]): ConfigurationError[] {
  return places.flatMap(({ cidrs, ports }, index) => {
    const at = `${where}[${index}]`;
    const found: ConfigurationError[] = [];
    if (cidrs.length === 0)
      found.push(
        new ConfigurationError({
          code: 'network-open',
          where: `${at} › cidrs`,
          problem: 'it is empty, which a policy takes for everywhere',
          fix: "name the networks, such as '203.0.113.0/24'",
        }),
      );
    if (ports.length === 0)
      found.push(
        new ConfigurationError({
          code: 'network-open',
          where: `${at} › ports`,
          problem: 'it is empty, which a policy takes for all ports',
          fix: 'name the ports, such as 443',
        }),
      );
    for (const cidr of cidrs) {
      if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(cidr))
        found.push(
          new ConfigurationError({
            code: 'cidr-invalid',
            where: `${at} › cidrs`,
            problem: `'${cidr}' is no network`,
            fix: "write '203.0.113.0/24', or '203.0.113.7/32' for one address",
          }),
        );
    }
    return found;
  });
}

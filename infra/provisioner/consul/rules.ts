import type { ConsulDesiredState } from '@groundwork/contract/desired-state';

/** Description of objects created from the contracts: no others are changed or removed. */
export const MARK = 'made by groundwork';

/** Name of a service's policy, and of the role that its pods log in to. */
export function nameOf(service: string): string {
  return `service-${service}`;
}

/** A service may register its name and read its callees; the list of nodes is public. */
export function serviceRules({ name, reads }: ConsulDesiredState['services'][number]): string {
  const callees = reads.filter((callee) => callee !== name).map((callee) => `service "${callee}" { policy = "read" }`);
  return [`service "${name}" { policy = "write" }`, ...callees, 'node_prefix "" { policy = "read" }'].join('\n');
}

/** System tokens, each with one policy; only the provisioner uses the management token. */
export const SYSTEM = {
  /** Agents and servers: their entry in the catalog, and anti-entropy. */
  agent: ['node_prefix "" { policy = "write" }', 'service_prefix "" { policy = "read" }'].join('\n'),
  metrics: 'agent_prefix "" { policy = "read" }',
  /** Readiness probes of the servers: the list of voters. */
  probe: 'operator = "read"',
  // A snapshot has every token's secret, so Consul requires write access to them.
  snapshot: 'acl = "write"',
} as const;

export type SystemToken = keyof typeof SYSTEM;

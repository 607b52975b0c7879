import type { ConsulDesiredState } from '@groundwork/contract/desired-state';

/** What marks objects as made from the contracts: no other is changed or removed. */
export const MARK = 'made by groundwork';

/** Name of a service's policy, and of the role that its pods log in to. */
export function nameOf(service: string): string {
  return `service-${service}`;
}

/** A service writes what is registered under its own name, and reads its callees; which nodes there are is no secret. */
export function serviceRules({ name, reads }: ConsulDesiredState['services'][number]): string {
  const callees = reads.filter((callee) => callee !== name).map((callee) => `service "${callee}" { policy = "read" }`);
  return [`service "${name}" { policy = "write" }`, ...callees, 'node_prefix "" { policy = "read" }'].join('\n');
}

/** Tokens of the system's own, each with its one policy: nobody but the provisioner comes with the management token. */
export const SYSTEM = {
  /** Agents and servers: their entry in the catalog, and the agreement of theirs with it. */
  agent: ['node_prefix "" { policy = "write" }', 'service_prefix "" { policy = "read" }'].join('\n'),
  metrics: 'agent_prefix "" { policy = "read" }',
  /** Readiness of the servers: who has a vote. */
  probe: 'operator = "read"',
  // A snapshot holds every token's secret, so Consul gives it only to whom may write them.
  snapshot: 'acl = "write"',
} as const;

export type SystemToken = keyof typeof SYSTEM;

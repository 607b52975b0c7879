import { ConfigurationError } from '@groundwork/contract';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { type Cpu, cpuQuantity, millicores, Size, sizeQuantity } from '../kubernetes/units.ts';
import { validateInteger } from '../kubernetes/validate.ts';

/** Limits for the sum of all pods in the namespace. */
export interface Quota {
  /** Sum of CPU requests. */
  readonly cpu: Cpu;
  /** Sum of memory requests, and of limits. */
  readonly memory: Size;
  /** Sum of all volumes. */
  readonly storage: Size;
  /** Maximum number of pods. */
  readonly pods: number;
}

/** What one workload may request at its largest. */
export interface Reservation {
  /** Name of the workload, such as `users`. */
  readonly name: string;
  /** Maximum number of pods at one time, including those of an update. */
  readonly pods: number;
  /** Requests of each pod. */
  readonly resources: Resources;
  /** Sum of its volumes. @default none */
  readonly storage?: Size;
}

/** One resource of the quota: the amount that a reservation counts for, and how to format it. */
const QUANTITIES = [
  {
    field: 'cpu',
    allowed: (quota: Quota) => millicores(quota.cpu),
    claimed: ({ pods, resources }: Reservation) => pods * millicores(resources.cpu),
    write: (amount: number) => cpuQuantity(amount),
  },
  {
    field: 'memory',
    allowed: (quota: Quota) => quota.memory.toKibibytes(),
    claimed: ({ pods, resources }: Reservation) => pods * resources.memory.toKibibytes(),
    write: (amount: number) => sizeQuantity(Size.kibibytes(amount)),
  },
  {
    field: 'storage',
    allowed: (quota: Quota) => quota.storage.toKibibytes(),
    claimed: ({ storage }: Reservation) => storage?.toKibibytes() ?? 0,
    write: (amount: number) => sizeQuantity(Size.kibibytes(amount)),
  },
  {
    field: 'pods',
    allowed: (quota: Quota) => quota.pods,
    claimed: ({ pods }: Reservation) => pods,
    write: (amount: number) => `${amount}`,
  },
] as const;

/** A quota that is too small would only show under load, as pods that are not created; so it is an error at synth. */
export function validateQuota(where: string, quota: Quota, claims: readonly Reservation[]): ConfigurationError[] {
  return QUANTITIES.flatMap(({ field, allowed, claimed, write }) => {
    const total = claims.reduce((sum, claim) => sum + claimed(claim), 0);
    if (total <= allowed(quota)) return [];
    const parts = claims.filter((claim) => claimed(claim) > 0).map((claim) => `${claim.name} ${write(claimed(claim))}`);
    return new ConfigurationError({
      code: 'quota-exceeded',
      where: `${where} › quota.${field}`,
      problem: `the quota is ${write(allowed(quota))}, but the workloads at their largest request ${write(total)}: ${parts.join(', ')}`,
      fix: `raise the quota to ${write(total)} or more, or lower a workload's 'scaling.max' or 'resources'`,
    });
  });
}

/** @returns one ConfigurationError for each invalid field of the quota */
export function validateQuotaBounds(where: string, { cpu, memory, pods }: Quota): ConfigurationError[] {
  return [
    ...validateResource(`${where} › quota`, { cpu, memory }),
    ...validateInteger(`${where} › quota.pods`, pods, [1], 'write an integer ≥ 1'),
  ];
}

import { ConfigurationError } from '@groundwork/contract';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { type Cpu, cpuQuantity, millicores, Size, sizeQuantity } from '../kubernetes/units.ts';

/** The most that all pods of the namespace may have together. */
export interface Quota {
  readonly cpu: Cpu;
  readonly memory: Size;
  /** Of all volumes. */
  readonly storage: Size;
  readonly pods: number;
}

/** What one workload may come to ask for at its largest. */
export interface Reservation {
  /** Workload, such as `users`. */
  readonly name: string;
  /** Most pods at one time, those of an update included. */
  readonly pods: number;
  /** Of each pod. */
  readonly resources: Resources;
  /** Of all its volumes. @default none */
  readonly storage?: Size;
}

/** A quantity of the quota: how a claim counts against it, and how to write it. */
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

/** A quota that the claims outgrow would show only under load, as pods that never come. So it is an error at synth. */
export function validateQuota(where: string, quota: Quota, claims: readonly Reservation[]): ConfigurationError[] {
  return QUANTITIES.flatMap(({ field, allowed, claimed, write }) => {
    const total = claims.reduce((sum, claim) => sum + claimed(claim), 0);
    if (total <= allowed(quota)) return [];
    const parts = claims.filter((claim) => claimed(claim) > 0).map((claim) => `${claim.name} ${write(claimed(claim))}`);
    return new ConfigurationError({
      code: 'quota-exceeded',
      where: `${where} › quota.${field}`,
      problem: `the quota is ${write(allowed(quota))}, and at their largest the workloads ask for ${write(total)}: ${parts.join(', ')}`,
      fix: `raise the quota to ${write(total)} or more, or lower a workload's 'scaling.max' or 'resources'`,
    });
  });
}

/** @returns what is wrong with the quota itself */
export function validateQuotaBounds(where: string, { cpu, memory, pods }: Quota): ConfigurationError[] {
  const found = validateResource(`${where} › quota`, { cpu, memory });
  if (!Number.isInteger(pods) || pods < 1)
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › quota.pods`,
        problem: `${pods} is no number of pods from 1`,
        fix: 'write a whole number',
      }),
    );
  return found;
}

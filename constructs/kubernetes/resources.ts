import { ConfigurationError } from '@groundwork/contract';
import type { ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
import { Cpu, cpuQuantity, millicores, Size, sizeQuantity } from './units.ts';

/** What one pod may count on. */
export interface Resources {
  /** CPU that the scheduler sets aside. There is no CPU limit: throttling an idle node's only busy pod helps nobody. */
  readonly cpu: Cpu;
  /** Memory set aside, and the limit at once: what isn't set aside may be gone when it is needed. */
  readonly memory: Size;
}

/** The resources as a container has them. */
export function requirements({ cpu, memory }: Resources): ResourceRequirements {
  return {
    requests: { cpu: cpuQuantity(cpu), memory: sizeQuantity(memory) },
    limits: { memory: sizeQuantity(memory) },
  };
}

/** What containers of one pod ask for together. */
export function together(...parts: readonly Resources[]): Resources {
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  return {
    cpu: Cpu.millis(sum(parts.map(({ cpu }) => millicores(cpu)))),
    memory: Size.kibibytes(sum(parts.map(({ memory }) => memory.toKibibytes()))),
  };
}

/** @returns what is wrong with the resources: nothing, or a ConfigurationError for each field */
export function validateResource(where: string, { cpu, memory }: Resources): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  const thousandths = millicores(cpu);
  if (!Number.isInteger(thousandths) || thousandths < 1) {
    found.push(
      new ConfigurationError({
        code: 'resources-invalid',
        where: `${where} › cpu`,
        problem: `'${cpu.amount}' is no amount of CPU from 1m, in whole thousandths`,
        fix: 'write Cpu.millis(100) or Cpu.units(2)',
      }),
    );
  }
  // Node alone needs more than this to start; a limit below it ends in a crash loop, not in an error.
  if (!(memory.toKibibytes() >= 32 * 1024)) {
    found.push(
      new ConfigurationError({
        code: 'resources-invalid',
        where: `${where} › memory`,
        problem: `${memory.asString()} is less than 32Mi, with which nothing here starts`,
        fix: 'write Size.mebibytes(128) or more',
      }),
    );
  }
  return found;
}

import type { ConfigurationError } from '@groundwork/contract';
import type { ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
import { Cpu, cpuQuantity, millicores, Size, sizeQuantity } from './units.ts';
import { errorIf } from './validate.ts';

/** CPU and memory of one pod. */
export interface Resources {
  /** CPU request. There is no CPU limit, since it would throttle a pod even on an idle node. */
  readonly cpu: Cpu;
  /** Memory request and limit, which are equal so that a node can't be overcommitted. */
  readonly memory: Size;
}

/** The resources in the format of a container spec. */
export function requirements({ cpu, memory }: Resources): ResourceRequirements {
  return {
    requests: { cpu: cpuQuantity(cpu), memory: sizeQuantity(memory) },
    limits: { memory: sizeQuantity(memory) },
  };
}

/** Sum of the resources of several containers. */
export function together(...parts: readonly Resources[]): Resources {
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  return {
    cpu: Cpu.millis(sum(parts.map(({ cpu }) => millicores(cpu)))),
    memory: Size.kibibytes(sum(parts.map(({ memory }) => memory.toKibibytes()))),
  };
}

/** @returns one ConfigurationError for each invalid field */
export function validateResource(where: string, { cpu, memory }: Resources): ConfigurationError[] {
  const thousandths = millicores(cpu);
  return [
    ...errorIf(!Number.isInteger(thousandths) || thousandths < 1, {
      code: 'resources-invalid',
      where: `${where} › cpu`,
      problem: `CPU must be a whole number of millicores ≥ 1m, got '${cpu.amount}'`,
      fix: 'write Cpu.millis(100) or Cpu.units(2)',
    }),
    // Node.js needs more than this to start; a lower limit would cause a crash loop instead of an error.
    ...errorIf(!(memory.toKibibytes() >= 32 * 1024), {
      code: 'resources-invalid',
      where: `${where} › memory`,
      problem: `memory must be at least 32Mi, got ${memory.asString()}`,
      fix: 'write Size.mebibytes(128) or more',
    }),
  ];
}

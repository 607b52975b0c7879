import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';

export { Duration } from '@groundwork/contract';
export { Cpu, Size };

/** Converts to millicores. */
export function millicores(cpu: Cpu): number {
  return cpu.amount.endsWith('m') ? Number(cpu.amount.slice(0, -1)) : Number(cpu.amount) * 1000;
}

/** A Kubernetes CPU quantity: `250m`, `2`. */
export function cpuQuantity(amount: Cpu | number): string {
  const thousandths = typeof amount === 'number' ? amount : millicores(amount);
  return thousandths % 1000 === 0 ? `${thousandths / 1000}` : `${thousandths}m`;
}

/** A Kubernetes quantity of memory or storage in the largest unit that divides it: `512Mi`, `20Gi`. */
export function sizeQuantity(size: Size): string {
  let amount = size.toKibibytes();
  for (const unit of ['Ki', 'Mi', 'Gi']) {
    if (amount % 1024 !== 0) return `${amount}${unit}`;
    amount /= 1024;
  }
  return `${amount}Ti`;
}

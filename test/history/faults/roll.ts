import { until } from '../../support/until.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import type { Stack } from '../stack/stack.ts';

/** Instances that restart at the same time: each start takes a core for about two seconds. */
const AT_ONCE = 2;

/** Restarts all services as a deploy does: of each service one instance, and the other one when the first is back. */
export async function rollingRestart(stack: Stack): Promise<void> {
  for (const number of [1, 2]) {
    const queue = stack.instances.filter(({ name }) => name.endsWith(`-${number}`));
    const restartNext = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await restart(next, stack);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, restartNext));
  }
}

async function restart(instance: ServiceProcess, { registry }: Stack): Promise<void> {
  await instance.terminate();
  await instance.start();
  await until(() => registry.has(instance.name));
}

import { until } from '../../support/until.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import type { Stack } from '../stack/stack.ts';

/** Restarts all services as a deploy does: of each service one instance after the other, all services at the same time. */
export async function rollingRestart(stack: Stack): Promise<void> {
  for (const number of [1, 2]) {
    const instances = stack.instances.filter(({ name }) => name.endsWith(`-${number}`));
    await Promise.all(instances.map((instance) => restart(instance, stack)));
  }
}

async function restart(instance: ServiceProcess, { registry }: Stack): Promise<void> {
  await instance.terminate();
  await instance.start();
  await until(() => registry.has(instance.name));
}

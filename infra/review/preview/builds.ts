import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { type ServiceInputs, serviceInputs } from '../../build/images/content.ts';

/** What the images of a version are made of, by service. */
export type Builds = Readonly<Record<string, ServiceInputs>>;

/** Reads what each service's image takes in; one that can't be built is left out. */
export async function buildsOf(root: string): Promise<Builds> {
  const folder = join(root, 'services');
  const services = existsSync(folder)
    ? (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'Dockerfile')))
    : [];
  const builds = await Promise.all(services.map(async (service) => [service, await inputs(root, service)] as const));
  return Object.fromEntries(builds.flatMap(([service, made]) => (made === undefined ? [] : [[service, made]])));
}

async function inputs(root: string, service: string): Promise<ServiceInputs | undefined> {
  try {
    return await serviceInputs(root, service);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

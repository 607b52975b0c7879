import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { type ImageInputs, imageInputs, type OwnImage } from '../../build/images/index.ts';

/** What the images of a version are made of, by name. */
export type Builds = Readonly<Record<string, ImageInputs>>;

/** Reads what the image of each workspace with a Dockerfile takes in; one that can't be built is left out. */
export async function buildsOf(root: string): Promise<Builds> {
  const manifest = join(root, 'package.json');
  const { workspaces = [] } = (existsSync(manifest) ? JSON.parse(await readFile(manifest, 'utf8')) : {}) as {
    workspaces?: readonly string[];
  };
  const images = workspaces
    .filter((folder) => existsSync(join(root, folder, 'Dockerfile')))
    .map((folder) => ({ name: basename(folder), folder }));
  const builds = await Promise.all(images.map(async (image) => [image.name, await inputs(root, image)] as const));
  return Object.fromEntries(builds.flatMap(([name, made]) => (made === undefined ? [] : [[name, made]])));
}

async function inputs(root: string, image: OwnImage): Promise<ImageInputs | undefined> {
  try {
    return await imageInputs(root, image);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

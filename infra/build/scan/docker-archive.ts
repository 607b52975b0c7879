import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { create, extract } from 'tar';
import { type TSchema, Type } from 'typebox';
import { wellFormed } from '../../tools/well-formed.ts';

const DESCRIPTOR = Type.Object({ digest: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }) });
const INDEX = Type.Object({ manifests: Type.Tuple([DESCRIPTOR]) });
const MANIFEST = Type.Object({ config: DESCRIPTOR, layers: Type.Array(DESCRIPTOR) });

const FIX = 'run npm run release, and scan again';

/**
 * Writes an image in the format of `docker save`, which all scanners read: its OCI layout with Docker's manifest.json.
 * @param reference image that the archive must contain, by digest
 * @throws ConfigurationError if it contains another image
 */
export async function dockerArchive(archive: string, reference: string, file: string): Promise<void> {
  const folder = await mkdtemp(`${file}-`);
  try {
    await extract({ file: archive, cwd: folder }).catch((error: Error) => fail(archive, error.message));
    const read = async <T extends TSchema>(path: string, schema: T) =>
      wellFormed(`${archive} › ${path}`, schema, await readFile(join(folder, path), 'utf8').catch(() => ''), FIX);
    const [{ digest }] = (await read('index.json', INDEX)).manifests;
    if (!reference.endsWith(`@${digest}`)) fail(archive, `it contains ${digest}, but ${reference} is locked`);
    const { config, layers } = await read(blob({ digest }), MANIFEST);
    const list = [{ Config: blob(config), RepoTags: [], Layers: layers.map(blob) }];
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(list));
    await create({ file, cwd: folder, portable: true }, ['manifest.json', 'blobs']);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function blob({ digest }: { readonly digest: string }): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function fail(where: string, problem: string): never {
  throw new ConfigurationError({ code: 'image-archive-invalid', where, problem, fix: FIX });
}

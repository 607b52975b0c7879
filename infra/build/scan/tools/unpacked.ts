import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, extract } from 'tar';

/** Gives `use` a folder with the OCI layout that an archive holds, and removes it afterwards. */
export async function unpacked<T>(archive: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-scan-'));
  try {
    await extract({ file: archive, cwd: folder });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Gives `use` the image as `docker save` writes it, for tools that know no OCI archive, and removes it afterwards. It is
 * the same layout with the list that Docker looks for.
 */
export async function dockerArchive<T>(archive: string, use: (file: string) => Promise<T>): Promise<T> {
  return unpacked(archive, async (folder) => {
    const json = async <J>(path: string): Promise<J> => JSON.parse(await readFile(join(folder, path), 'utf8')) as J;
    const index = await json<{ readonly manifests: readonly [{ readonly digest: string }] }>('index.json');
    const manifest = await json<{
      readonly config: { readonly digest: string };
      readonly layers: readonly { readonly digest: string }[];
    }>(blob(index.manifests[0]));
    await writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify([{ Config: blob(manifest.config), RepoTags: [], Layers: manifest.layers.map(blob) }]),
    );
    const file = join(folder, 'docker.tar');
    await create({ file, cwd: folder, portable: true }, ['manifest.json', 'blobs']);
    return use(file);
  });
}

function blob({ digest }: { readonly digest: string }): string {
  return `blobs/${digest.replace(':', '/')}`;
}

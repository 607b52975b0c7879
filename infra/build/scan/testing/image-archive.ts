import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { type ImageConfig, writeImage } from '../../../local/images/oci.ts';

/** A file of a planted image: its text, or its text and mode. */
type Planted = string | { readonly text: string; readonly mode: number };

/** Writes an OCI archive with these layers, each a folder's worth of files, and tells where it is. */
export async function imageArchive(
  config: ImageConfig,
  ...layers: readonly Readonly<Record<string, Planted>>[]
): Promise<{ file: string; digest: string }> {
  const work = temporaryFolder('planted-image');
  const folders = layers.map((files, index) => {
    const folder = join(work, `layer-${index}`);
    mkdirSync(folder);
    for (const [path, planted] of Object.entries(files)) {
      const { text, mode } = typeof planted === 'string' ? { text: planted, mode: 0o644 } : planted;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { mode });
    }
    return { folder, keepOwners: true };
  });
  const file = join(work, 'image.tar');
  return { file, digest: await writeImage(file, 'groundwork.local/planted:1', folders, config) };
}

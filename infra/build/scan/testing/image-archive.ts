import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';

/** Writes an OCI archive of an image with one layer, and returns its path. @see OCI image layout, image-spec v1.0 */
export async function imageArchive(
  config: { readonly User?: string; readonly Env?: readonly string[] },
  files: Readonly<Record<string, string>>,
): Promise<{ file: string; digest: string }> {
  const work = temporaryFolder('planted-image');
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), content);
  };
  const blob = (kind: string, content: string | Buffer) => {
    const hex = createHash('sha256').update(content).digest('hex');
    write(`layout/blobs/sha256/${hex}`, content);
    const mediaType = `application/vnd.oci.image.${kind}`;
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) };
  };
  for (const [path, text] of Object.entries(files)) write(`root/${path}`, text);
  await create({ file: join(work, 'layer.tar'), cwd: join(work, 'root'), portable: true }, ['.']);
  const layer = blob('layer.v1.tar', readFileSync(join(work, 'layer.tar')));
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const history = [{ created: '2026-01-01T00:00:00Z', created_by: 'COPY . /' }];
  const described = { architecture: 'amd64', os: 'linux', created: '2026-01-01T00:00:00Z', config, rootfs, history };
  const image = { schemaVersion: 2, config: blob('config.v1+json', JSON.stringify(described)), layers: [layer] };
  const manifest = blob('manifest.v1+json', JSON.stringify(image));
  write('layout/index.json', JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  write('layout/oci-layout', '{"imageLayoutVersion":"1.0.0"}');
  const file = join(work, 'image.tar');
  await create({ file, cwd: join(work, 'layout'), portable: true }, ['.']);
  return { file, digest: manifest.digest };
}

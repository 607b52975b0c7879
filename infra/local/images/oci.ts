import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Progress } from '../../tools/progress.ts';

/** A folder that becomes one layer of an image. */
export interface Layer {
  readonly folder: string;
  /**
   * Whether owners and modes are taken as they are on disk. Otherwise all belongs to root, readable to all and
   * writable to root: right for what npm unpacked, whose modes depend on the umask. @default false
   */
  readonly keepOwners?: boolean;
}

/** How a container of the image starts; the names are those of the OCI image configuration. */
export interface ImageConfig {
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** An image's content, ready to be written. */
export interface Made {
  /** Of what is in it, such as `15.20`. */
  readonly version: string;
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

/** Makes an image's content below a folder that goes afterwards. */
export type Make = (work: string, progress: Progress) => Promise<Made>;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const PLAIN = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=gnu'];
const AS_ROOT = ['--owner=0', '--group=0', '--mode=u+rwX,go+rX,go-w'];

/**
 * Makes an OCI archive from folders, without a daemon or a registry: the same files give the same bytes, so the same
 * digest, which it returns. Layers are not compressed: they are loaded on this machine, where packing costs more than it saves.
 * @see OCI image layout and image configuration, opencontainers/image-spec v1.0
 */
export async function writeImage(
  archive: string,
  reference: string,
  layers: readonly Layer[],
  config: ImageConfig,
): Promise<string> {
  await mkdir(dirname(archive), { recursive: true });
  const work = await mkdtemp(`${archive}.`); // beside the result: a rename, not a copy
  try {
    await mkdir(join(work, 'blobs/sha256'), { recursive: true });
    const blob = async (mediaType: string, make: (file: string) => Promise<unknown>): Promise<Descriptor> => {
      const file = join(work, 'blob');
      await make(file);
      const [hex, { size }] = [await sha256(file), await stat(file)];
      await rename(file, join(work, 'blobs/sha256', hex));
      return { mediaType, digest: `sha256:${hex}`, size };
    };
    const json = (mediaType: string, value: object): Promise<Descriptor> =>
      blob(mediaType, (file) => writeFile(file, JSON.stringify(value)));

    const tars: Descriptor[] = [];
    for (const { folder, keepOwners = false } of layers) {
      tars.push(
        await blob('application/vnd.oci.image.layer.v1.tar', (file) =>
          execa('tar', [...PLAIN, ...(keepOwners ? [] : AS_ROOT), '-C', folder, '-cf', file, '.']),
        ),
      );
    }
    const configuration = await json('application/vnd.oci.image.config.v1+json', {
      architecture: 'amd64',
      os: 'linux',
      config,
      history: tars.map(() => ({ created_by: 'groundwork' })), // buildah counts these: one for each layer
      rootfs: { type: 'layers', diff_ids: tars.map(({ digest }) => digest) },
    });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = await json(mediaType, { schemaVersion: 2, mediaType, config: configuration, layers: tars });
    const annotations = { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': reference };
    await writeFile(
      join(work, 'index.json'),
      JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
    );
    await writeFile(join(work, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await execa('tar', [
      ...PLAIN,
      ...AS_ROOT,
      '-C',
      work,
      '-cf',
      join(work, 'archive'),
      'oci-layout',
      'index.json',
      'blobs',
    ]);
    await rename(join(work, 'archive'), archive);
    return manifest.digest;
  } finally {
    await rm(work, { recursive: true });
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

import { ConfigurationError } from '@groundwork/contract';
import { list, Parser, type ReadEntry } from 'tar';
import { type Static, type TSchema, Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { type Entry, Layer } from './layer.ts';

/** What an archive says of its image. */
export interface ArchiveContent {
  /** Of the image's manifest: `sha256:…`. */
  readonly digest: string;
  readonly config: Config;
  /** What is left when all layers lie on each other, by path. */
  readonly entries: ReadonlyMap<string, Entry>;
}

type Config = Static<typeof CONFIG>;

const DESCRIPTORS = Type.Array(Type.Object({ digest: Type.String() }), { minItems: 1 });
const INDEX = Type.Object({ manifests: DESCRIPTORS });
const MANIFEST = Type.Object({ config: Type.Object({ digest: Type.String() }), layers: DESCRIPTORS });
/** Of the OCI image configuration, what is read here; `Healthcheck` is Docker's addition. */
const CONFIG = Type.Object({
  config: Type.Optional(
    Type.Object({
      User: Type.Optional(Type.String()),
      Env: Type.Optional(Type.Array(Type.String())),
      Volumes: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      Healthcheck: Type.Optional(Type.Unknown()),
    }),
  ),
  history: Type.Optional(Type.Array(Type.Object({ created_by: Type.Optional(Type.String()) }))),
});

/** No manifest and no configuration is larger; layers nearly always are, and what they are is known before they are read. */
const LARGEST_JSON = 1 << 20;

/**
 * Reads an OCI archive, layers one after the other, nothing unpacked to disk.
 * @throws ConfigurationError if the file is no such archive
 */
export async function readArchive(file: string): Promise<ArchiveContent> {
  const small = new Map<string, Buffer[]>();
  const collect = (entry: ReadEntry): void => {
    if (entry.size > LARGEST_JSON) return;
    const chunks: Buffer[] = [];
    entry.on('data', (chunk) => chunks.push(chunk));
    small.set(entry.path, chunks);
  };
  await walk(file, (entry) => collect(entry));
  const json = <T extends TSchema>(path: string, schema: T): Static<T> => {
    const chunks = small.get(path);
    if (chunks === undefined)
      throw new ConfigurationError({
        code: 'image-archive-invalid',
        where: file,
        problem: `there is no '${path}' in it, so it is no OCI archive`,
        fix: 'make it again with npm run release',
      });
    return wellFormed(
      `${file} › ${path}`,
      schema,
      Buffer.concat(chunks).toString(),
      'make it again with npm run release',
    );
  };
  const digest = json('index.json', INDEX).manifests[0]?.digest ?? '';
  const manifest = json(blob(digest), MANIFEST);
  const config = json(blob(manifest.config.digest), CONFIG);

  const layers = new Map(manifest.layers.map(({ digest }) => [blob(digest), new Layer()]));
  await walk(file, (entry) => {
    const layer = layers.get(entry.path);
    if (layer === undefined) return;
    const inner = new Parser({ onReadEntry: (one) => layer.read(one) });
    entry.pipe(inner as never); // a writable stream to all but its type
    return new Promise<void>((done, fail) => void inner.on('end', done).on('error', fail));
  });
  const entries = new Map<string, Entry>();
  for (const { digest } of manifest.layers) layers.get(blob(digest))?.putOn(entries);
  return { digest, config, entries };
}

function blob(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** Shows each entry of an archive to `visit`, and waits for what that started. */
async function walk(file: string, visit: (entry: ReadEntry) => Promise<void> | void): Promise<void> {
  const started: Promise<void>[] = [];
  try {
    await list({
      file,
      strict: true,
      onReadEntry: (entry) => {
        const work = visit(entry);
        if (work !== undefined) started.push(work);
      },
    });
    await Promise.all(started);
  } catch (error) {
    throw new ConfigurationError({
      code: 'image-archive-invalid',
      where: file,
      problem: `it can't be read as an archive: ${(error as Error).message}`,
      fix: 'make it again with npm run release',
    });
  }
}

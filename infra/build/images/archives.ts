import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../../tools/cache.ts';

/** An image archive in the cache. */
export interface Archive {
  /** OCI archive on this machine. */
  readonly file: string;
  readonly reference: string;
  /** Digest of the image's manifest: `sha256:…`. */
  readonly digest: string;
}

/** Number of archives kept for one image: the current one, and a few to return to without a build. */
const KEPT = 4;

/** OCI archives in the cache, named after an image and a content tag; a JSON file beside each has its reference and digest. */
export class Archives {
  readonly #folder: string;

  public constructor(folder: string = join(cacheRoot(), 'images')) {
    this.#folder = folder;
  }

  /** The archive of an image with this content, if it is in the cache. */
  public async find(image: string, tag: string): Promise<Archive | undefined> {
    const file = this.#file(image, tag);
    if (!existsSync(file) || !existsSync(`${file}.json`)) return undefined;
    const now = new Date();
    await utimes(file, now, now); // mark as recently used
    const note: Omit<Archive, 'file'> = JSON.parse(await readFile(`${file}.json`, 'utf8'));
    return { file, ...note };
  }

  /** Adds the archive that `make` writes to the given file. An interrupted run leaves nothing that `find` returns. */
  public async add(
    image: string,
    tag: string,
    make: (file: string) => Promise<Omit<Archive, 'file'>>,
  ): Promise<Archive> {
    const file = this.#file(image, tag);
    await mkdir(dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}.part`;
    try {
      const note = await make(partial);
      await rename(partial, file);
      await writeFile(`${partial}.json`, JSON.stringify(note));
      await rename(`${partial}.json`, `${file}.json`);
      await this.#forgetOld(image);
      return { file, ...note };
    } finally {
      await rm(partial, { force: true });
    }
  }

  #file(image: string, tag: string): string {
    return join(this.#folder, image, `${tag}.tar`);
  }

  async #forgetOld(image: string): Promise<void> {
    const folder = join(this.#folder, image);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.tar')).map((name) => join(folder, name));
    const aged = await Promise.all(files.map(async (file) => ({ file, used: (await stat(file)).mtimeMs })));
    for (const { file } of aged.sort((a, b) => b.used - a.used).slice(KEPT)) {
      await rm(`${file}.json`, { force: true });
      await rm(file, { force: true });
    }
  }
}

import type { ReadEntry } from 'tar';
import { isManifest } from './node-modules.ts';

/** A file of an image, with what is needed of it. */
export interface Entry {
  readonly setId: boolean;
  /** What it holds, of the few files that are read. */
  readonly text?: string;
}

/** One folder of files that lies on others; its whiteouts take away what is below. */
export class Layer {
  readonly #entries = new Map<string, Entry>();
  /** What it takes away: paths, with all below them; a slash at the end leaves the folder itself. */
  readonly #gone: string[] = [];

  /** Takes note of an entry of the layer's archive. */
  public read(entry: ReadEntry): void {
    const path = entry.path.replace(/^(\.?\/)+/, '').replace(/\/$/, '');
    const [folder, name] = [path.slice(0, path.lastIndexOf('/') + 1), path.slice(path.lastIndexOf('/') + 1)];
    if (name === '.wh..wh..opq') this.#gone.push(folder);
    else if (name.startsWith('.wh.')) this.#gone.push(`${folder}${name.slice('.wh.'.length)}`);
    else if (path !== '' && entry.type !== 'Directory') this.#take(path, entry);
    entry.resume();
  }

  /** Lays it on the layers below. */
  public putOn(below: Map<string, Entry>): void {
    for (const gone of this.#gone) {
      for (const path of below.keys())
        if (path === gone || path.startsWith(gone.endsWith('/') ? gone : `${gone}/`)) below.delete(path);
    }
    for (const [path, entry] of this.#entries) below.set(path, entry);
  }

  #take(path: string, entry: ReadEntry): void {
    const setId = entry.type === 'File' && ((entry.mode ?? 0) & 0o6000) !== 0;
    this.#entries.set(path, { setId });
    const keep = (text: string): void => void this.#entries.set(path, { setId, text });
    if (isText(path)) {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () => keep(Buffer.concat(chunks).toString()));
    } else if (/(^|\/)bin\/node$/.test(path)) {
      // Node says its own version where its headers can be had; nothing else in the image does.
      let end = '';
      entry.on('data', (chunk) => {
        const text = end + chunk.toString('latin1');
        const version = /\/release\/(v\d+\.\d+\.\d+)\//.exec(text)?.[1];
        if (version !== undefined) keep(version);
        end = text.slice(-64);
      });
    }
  }
}

/** Files that are read: accounts, and what package managers write of what they brought. */
function isText(path: string): boolean {
  return (
    ['etc/passwd', 'etc/shadow', 'var/lib/dpkg/status'].includes(path) ||
    path.startsWith('var/lib/dpkg/status.d/') ||
    isManifest(path)
  );
}

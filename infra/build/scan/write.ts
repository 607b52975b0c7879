import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Writes files into a folder, all or none: whoever reads it never finds half of a scan. Other files there stay. */
export async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const target = resolve(folder);
  await mkdir(dirname(target), { recursive: true });
  const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`)); // beside it: a rename, not a copy
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(draft, name), text);
    await mkdir(target, { recursive: true });
    for (const name of Object.keys(files)) await rename(join(draft, name), join(target, name));
  } finally {
    await rm(draft, { recursive: true });
  }
}

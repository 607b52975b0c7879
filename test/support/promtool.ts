import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Mistake } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot } from '../../infra/cache.ts';

/** Debian packages, by the tool that we take out of each. */
const PACKAGES = { promtool: 'prometheus', amtool: 'prometheus-alertmanager' } as const;

export type Tool = keyof typeof PACKAGES;

/** What a tool said, and whether it was content. */
export interface Said {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Runs a tool of Prometheus in a folder that holds the files.
 * @param files contents by name
 */
export async function run(tool: Tool, args: readonly string[], files: Readonly<Record<string, string>>): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), `${tool}-`));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const { failed, all } = await execa(await find(tool), args, { cwd: folder, all: true, reject: false });
    return { ok: !failed, text: all };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The tool of this machine, else that in Debian's package: the package is fetched and unpacked, not installed, so that
 * no service of it runs.
 * @throws Mistake where neither is to be had
 */
async function find(tool: Tool): Promise<string> {
  const { failed, stdout } = await execa('sh', ['-c', `command -v ${tool}`], { reject: false });
  if (!failed) return stdout;
  const folder = join(cacheRoot(), 'debian-tools', PACKAGES[tool]);
  const file = join(folder, 'usr/bin', tool);
  if (existsSync(file)) return file;
  const making = `${folder}.${process.pid}`;
  await mkdir(making, { recursive: true });
  const got = await execa('sh', ['-c', 'apt-get download -qq "$0" && dpkg-deb -x "$0"_*.deb . && rm "$0"_*.deb', PACKAGES[tool]], {
    cwd: making,
    reject: false,
    all: true,
  });
  if (got.failed) {
    await rm(making, { recursive: true, force: true });
    throw new Mistake(`the tool '${tool}'`, `it is not on PATH, and Debian's package '${PACKAGES[tool]}' can't be fetched: ${got.all}`, `install ${tool}`);
  }
  await mkdir(dirname(folder), { recursive: true });
  // Two test runs may fetch at once: the first to end wins, the other takes its result.
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return file;
}

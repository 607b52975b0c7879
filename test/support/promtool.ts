import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { debianTool } from './debian-tool.ts';

/** Debian packages by tool. */
const PACKAGES = { promtool: 'prometheus', amtool: 'prometheus-alertmanager' } as const;

export type Tool = keyof typeof PACKAGES;

/** Output of a tool, and whether it succeeded. */
export interface Said {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Runs a tool of Prometheus in a folder with these files.
 * @param files contents by name
 * @throws ConfigurationError when the tool is not available
 */
export async function run(tool: Tool, args: readonly string[], files: Readonly<Record<string, string>>): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), `${tool}-`));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const { file } = await debianTool({ name: tool, packages: [PACKAGES[tool]], path: `usr/bin/${tool}` });
    const { failed, all } = await execa(file, args, { cwd: folder, all: true, reject: false });
    return { ok: !failed, text: all };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

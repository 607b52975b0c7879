import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { kept } from './kept.ts';

export interface DebianTool {
  /** As it is called, such as `promtool`. */
  readonly name: string;
  /** Packages that it needs, its own first. */
  readonly packages: readonly [string, ...string[]];
  /** Where it is in its package, such as `usr/bin/promtool`. */
  readonly path: string;
}

export interface FoundTool {
  readonly file: string;
  /** Folder of the libraries that were unpacked with it. @default none: it is this machine's own */
  readonly libraries?: string;
}

/**
 * A tool of this machine, else that in Debian's packages: they are fetched and unpacked, not installed, so that no
 * service of theirs runs.
 * @throws ConfigurationError where neither is to be had
 */
export async function debianTool({ name, packages, path }: DebianTool): Promise<FoundTool> {
  const { failed, stdout } = await execa('sh', ['-c', `command -v ${name}`], { reject: false });
  if (!failed) return { file: stdout };
  const folder = await kept(join('debian-tools', packages[0]), async (making) => {
    const fetch = () =>
      execa(
        'sh',
        [
          '-c',
          'apt-get download -qq "$@" && for deb in *.deb; do dpkg-deb -x "$deb" . && rm "$deb"; done',
          'sh',
          ...packages,
        ],
        {
          cwd: making,
          reject: false,
          all: true,
        },
      );
    let got = await fetch();
    if (got.failed) {
      await execa('apt-get', ['-qq', 'update'], { reject: false }); // the lists may be missing, or old
      got = await fetch();
    }
    if (got.failed) {
      throw new ConfigurationError({
        code: 'package-unavailable',
        where: `the tool '${name}'`,
        problem: `it is not on PATH, and Debian's packages ${packages.join(', ')} can't be fetched: ${got.all}`,
        fix: `install ${name}`,
      });
    }
  });
  return { file: join(folder, path), libraries: join(folder, 'usr/lib/x86_64-linux-gnu') };
}

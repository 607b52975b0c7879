import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cachedFolder } from './cached-folder.ts';

export interface DebianTool {
  /** Name of the command, such as `promtool`. */
  readonly name: string;
  /** Packages of the tool, its own first. */
  readonly packages: readonly [string, ...string[]];
  /** Path in its package, such as `usr/bin/promtool`. */
  readonly path: string;
}

export interface FoundTool {
  readonly file: string;
  /** Folder of the libraries that were unpacked with it. @default none: the tool is installed on this machine */
  readonly libraries?: string;
}

/**
 * A tool of this machine, or that of Debian's packages: they are downloaded and unpacked, not installed, so that no
 * service starts.
 * @throws ConfigurationError when neither is available
 */
export async function debianTool({ name, packages, path }: DebianTool): Promise<FoundTool> {
  const { failed, stdout } = await execa('sh', ['-c', `command -v ${name}`], { reject: false });
  if (!failed) return { file: stdout };
  const folder = await cachedFolder(join('debian-tools', packages[0]), async (making) => {
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
      await execa('apt-get', ['-qq', 'update'], { reject: false }); // the package lists may be missing or outdated
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

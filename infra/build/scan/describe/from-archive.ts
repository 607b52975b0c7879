import { ConfigurationError } from '@groundwork/contract';
import { readArchive } from './archive.ts';
import { debianPackages } from './debian.ts';
import type { ImageDescription, Package } from './image.ts';
import type { Entry } from './layer.ts';
import { installed, isManifest } from './node-modules.ts';

/**
 * Describes an image that was built, from its OCI archive.
 * @param reference what it should be; of another digest is another image
 * @param bases FROM lines of its Dockerfile, which no history tells
 * @throws ConfigurationError if the file is no such archive, or not of that image
 */
export async function describeArchive(
  name: string,
  reference: string,
  file: string,
  bases: readonly string[],
): Promise<ImageDescription> {
  const { digest, config, entries } = await readArchive(file);
  if (!reference.endsWith(`@${digest}`)) {
    throw new ConfigurationError({
      code: 'image-archive-invalid',
      where: `image '${name}'`,
      problem: `${reference} is locked, but the archive ${file} holds ${digest}`,
      fix: 'run npm run release, and scan again',
    });
  }
  const { User = '', Env = [], Volumes = {}, Healthcheck } = config.config ?? {};
  const lines = (path: string): string[] => (entries.get(path)?.text ?? '').split('\n').filter((line) => line !== '');
  return {
    name,
    reference,
    user: User,
    env: Env,
    healthcheck: Healthcheck !== undefined,
    volumes: Object.keys(Volumes),
    instructions: [...bases, ...(config.history ?? []).map(({ created_by = '' }) => instruction(created_by))],
    files: [...entries].map(([path, { setId }]) => ({ path, setId })),
    accounts: lines('etc/passwd'),
    shadow: lines('etc/shadow'),
    packages: [...entries].flatMap(([path, entry]) => packagesOf(path, entry)),
  };
}

/** What a builder wrote to the history, as a Dockerfile has it. */
function instruction(createdBy: string): string {
  const shell = createdBy.replace(/^(RUN )?\/bin\/sh -c /, 'RUN ');
  return shell.replace(/^RUN #\(nop\)\s+/, '').replace(/ # buildkit$/, '');
}

function packagesOf(path: string, { text }: Entry): readonly Package[] {
  if (text === undefined) return [];
  if (path.startsWith('var/lib/dpkg/')) return debianPackages(path, text);
  if (path.endsWith('bin/node')) return [{ ecosystem: 'generic', name: 'node', version: text.slice(1), place: path }];
  const found = isManifest(path) ? installed(path, text) : undefined;
  return found === undefined ? [] : [found];
}

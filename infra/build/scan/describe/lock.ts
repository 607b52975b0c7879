import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { type LockedPackage, type PackageLock, reachablePlaces } from '../../images/dependencies.ts';
import type { Package } from './image.ts';

/** The lock file of all packages, as findings name it. */
export const LOCK_FILE = 'package-lock.json';

const MEND = 'take it from git again, or make it anew with npm install';
const NAMES = Type.Optional(Type.Record(Type.String(), Type.String()));
const PLATFORMS = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));
const ENTRY = Type.Object({
  name: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  license: Type.Optional(Type.Unknown()),
  link: Type.Optional(Type.Boolean()),
  dev: Type.Optional(Type.Boolean()),
  devOptional: Type.Optional(Type.Boolean()),
  os: PLATFORMS,
  cpu: PLATFORMS,
  libc: PLATFORMS,
  dependencies: NAMES,
  optionalDependencies: NAMES,
  peerDependencies: NAMES,
});
const LOCK = Type.Object({ lockfileVersion: Type.Literal(3), packages: Type.Record(Type.String(), ENTRY) });

type Lock = PackageLock & { readonly packages: Readonly<Record<string, LockedPackage & Type.Static<typeof ENTRY>>> };

/**
 * Reads the lock file of a repository.
 * @throws ConfigurationError if it is not there, or is not npm's lock file in version 3
 */
export async function readPackageLock(root: string): Promise<Lock> {
  const file = join(root, LOCK_FILE);
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new ConfigurationError({
      code: 'file-unreadable',
      where: file,
      problem: `it can't be read: ${error.message}`,
      fix: MEND,
    });
  });
  return wellFormed(file, LOCK, text, MEND) as Lock;
}

/** Every package that a lock file names; our own workspaces are none. */
export function lockedPackages({ packages }: Lock): Package[] {
  return Object.keys(packages).flatMap((place) => packageAt(packages, place));
}

/**
 * Packages that end in the image of a workspace, as far as the lock file tells: what it reaches for production, for the
 * platform of images. What was built may be looked into instead.
 * @throws ConfigurationError if the lock file does not know the workspace
 */
export function workspacePackages(lock: Lock, workspace: string): Package[] {
  const takes = (place: string): boolean => {
    const { dev, devOptional, os, cpu, libc } = lock.packages[place] ?? {};
    return dev !== true && devOptional !== true && runsOn('linux', os) && runsOn('x64', cpu) && runsOn('glibc', libc);
  };
  return reachablePlaces(lock, workspace, takes).flatMap((place) => packageAt(lock.packages, place));
}

/** Whether a package is for a platform; it may name those that it is for, or, with `!`, those that it is not for. */
function runsOn(own: string, named: string | readonly string[] = own): boolean {
  const names = [named].flat();
  return names.includes(own) || (!names.includes(`!${own}`) && names.every((name) => name.startsWith('!')));
}

function packageAt(packages: Lock['packages'], place: string): Package[] {
  const { name, version, link, license, dev, devOptional, ...entry } = packages[place] ?? {};
  const [, path] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place) ?? [];
  if (path === undefined || version === undefined || link === true) return [];
  return [
    {
      ecosystem: 'npm',
      name: name ?? path, // an alias is installed under another name
      version,
      place,
      needs: Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies }),
      ...(typeof license === 'string' && { license: license }),
      ...((dev === true || devOptional === true) && { development: true }),
    },
  ];
}

import { ConfigurationError } from '@groundwork/contract';

/** One entry of `packages` in npm's lock file, version 3, with the fields that are read here. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** npm's lock file, version 3. */
export interface PackageLock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * The part of a lock file that `npm ci --omit=dev --workspace=…` installs for one workspace: a line for each package,
 * with its path, version and integrity. Packages that only others need are left out, so they don't change the tag.
 * @throws ConfigurationError if the workspace is not in the lock file.
 */
export function reachableDependencies({ packages }: PackageLock, workspace: string): readonly string[] {
  const line = (place: string): string => {
    const { link, resolved, version = '', integrity = '' } = packages[place] ?? {};
    return link === true && resolved !== undefined ? `${place} -> ${resolved}` : `${place} ${version} ${integrity}`;
  };
  return reachablePlaces({ packages }, workspace).map(line).sort();
}

/**
 * Paths of those packages, such as `node_modules/pino`, including workspaces and links to them.
 * @param takes whether to include a package and follow its dependencies
 * @throws ConfigurationError if the workspace is not in the lock file.
 * @see npm's package-lock.json format, lockfileVersion 3; names are looked up as Node's module resolution does
 */
export function reachablePlaces(
  { packages }: PackageLock,
  workspace: string,
  takes: (place: string) => boolean = () => true,
): readonly string[] {
  if (packages[workspace] === undefined)
    throw new ConfigurationError({
      code: 'workspace-not-locked',
      where: 'package-lock.json',
      problem: `workspace '${workspace}' is not in the lock file`,
      fix: 'run npm install, and commit the lock file',
    });
  const seen = new Set<string>();
  const visit = (place: string): void => {
    const entry = packages[place];
    if (entry === undefined || seen.has(place) || !takes(place)) return;
    seen.add(place);
    if (entry.link === true && entry.resolved !== undefined) {
      visit(entry.resolved);
      return;
    }
    for (const name of Object.keys({
      ...entry.dependencies,
      ...entry.optionalDependencies,
      ...entry.peerDependencies,
    })) {
      const found = placesOf(name, place).find((candidate) => packages[candidate] !== undefined);
      if (found !== undefined) visit(found); // optional dependencies may be missing
    }
  };
  visit(workspace);
  return [...seen];
}

/** Paths where Node looks for a package from another one, nearest first. */
export function placesOf(name: string, from: string): readonly string[] {
  const places: string[] = [];
  for (
    let folder = from;
    folder !== '';
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : ''
  ) {
    if (!folder.endsWith('node_modules')) places.push(`${folder}/node_modules/${name}`);
  }
  return [...places, `node_modules/${name}`];
}

import { gt, gte, valid } from 'semver';
import type { Package } from '../describe/image.ts';
import type { Affected, Range } from './advisory.ts';

/**
 * Whether a package is of those that an advisory names. Ranges are compared for npm; a Debian version is affected only
 * where the advisory lists it, which Debian's do.
 */
export function affects(
  { package: named, ranges = [], versions = [] }: Affected,
  { ecosystem, name, version }: Package,
): boolean {
  if (named?.name !== name || ECOSYSTEMS[ecosystem]?.test(named.ecosystem) !== true) return false;
  return (
    versions.includes(version) ||
    (ecosystem === 'npm' && valid(version) !== null && ranges.some((range) => within(range, version)))
  );
}

/** As OSV names them. It knows nothing of what no package manager brought. */
const ECOSYSTEMS: Readonly<Record<Package['ecosystem'], RegExp | undefined>> = {
  npm: /^npm$/,
  debian: /^Debian(:12)?$/,
  generic: undefined,
};

/** The lowest version that isn't affected any more, as far as the range tells. */
export function fixedIn({ ranges = [] }: Affected, version: string): string | undefined {
  const fixes = ranges.flatMap(({ events }) =>
    events.flatMap(({ fixed }) => (fixed !== undefined && valid(fixed) !== null ? [fixed] : [])),
  );
  return fixes.filter((fixed) => valid(version) !== null && gt(fixed, version)).sort((a, b) => (gt(a, b) ? 1 : -1))[0];
}

/** @see evaluation of versions in the OSV schema: of the events up to a version, the last one decides */
function within({ type, events }: Range, version: string): boolean {
  if (type !== 'SEMVER') return false;
  const reached = events
    .flatMap(({ introduced, fixed, last_affected }) => [
      ...(introduced === undefined
        ? []
        : [{ at: introduced === '0' ? '0.0.0-0' : introduced, affected: true, counts: gte }]),
      ...(fixed === undefined ? [] : [{ at: fixed, affected: false, counts: gte }]),
      ...(last_affected === undefined ? [] : [{ at: last_affected, affected: false, counts: gt }]),
    ])
    .filter(({ at, counts }) => valid(at) !== null && counts(version, at))
    .sort((a, b) => (a.at === b.at ? 0 : gt(a.at, b.at) ? 1 : -1));
  return reached.at(-1)?.affected === true;
}

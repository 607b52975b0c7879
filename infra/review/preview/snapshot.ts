import type { Contract, ManifestEntry, System } from '@groundwork/constructs';
import type { Exception } from '../policy/index.ts';
import type { Builds } from './builds.ts';
import type { Calls } from './trace.ts';

/** All that one version of the source makes: what a preview compares. Plain JSON, since the base is made by its own code. */
export interface Snapshot {
  /** Short commit, or `working tree`. */
  readonly version: string;
  /** Objects by environment, in the order they are applied. */
  readonly environments: Readonly<Record<string, readonly ManifestEntry[]>>;
  /** Undefined for a version from before snapshots held them. */
  readonly contracts?: readonly Contract[];
  /** Rules of the policy that it may break. @default none */
  readonly exceptions?: readonly Exception[];
  /** Calls that made each construct, by its path. @default none: a finding's source is told from words only */
  readonly calls?: Readonly<Record<string, Calls>>;
  /** Files of the source that were run to make it, each with those that it imports. @default none: any file may be a cause */
  readonly imports?: Readonly<Record<string, readonly string[]>>;
  /** What the services' images are made of. @default none: what a new image is made of is not known */
  readonly builds?: Builds;
}

/** The objects of a system as a snapshot holds them, which the code of other versions reads and writes too. */
export function snapshotOf({ objects }: System): readonly ManifestEntry[] {
  return objects.map(({ chart, path, origin, manifest }) => ({ chart, path, why: origin, manifest }));
}

import { type Contract, callSitesOf, type ManifestEntry, manifestsOf } from '@groundwork/constructs';
import { ApiObject, type App } from 'cdk8s';
import type { Exception } from '../policy/index.ts';
import { type Program, programLine } from './source.ts';

/** One object of a version. */
export interface SnapshotObject extends ManifestEntry {
  /** Line of the program that made it, such as `stacks/shop.ts:96`. @default not known */
  readonly source?: string;
}

/** All that one version of the source makes: what a preview compares. Plain JSON, since the base is made by its own code. */
export interface Snapshot {
  /** Short commit, or `working tree`. */
  readonly version: string;
  /** Objects by environment, in the order they are applied. */
  readonly environments: Readonly<Record<string, readonly SnapshotObject[]>>;
  /** Undefined for a version from before snapshots held them. */
  readonly contracts?: readonly Contract[];
  /** Rules of the policy that it may break. @default none */
  readonly exceptions?: readonly Exception[];
}

/** Objects of an app that keeps its call sites (`keepCallSites`), each with the line of the program that made it. */
export function objectsOf(app: App, program: Program): SnapshotObject[] {
  const sources = new Map<string, string | undefined>();
  for (const one of app.node.findAll())
    if (ApiObject.isApiObject(one)) sources.set(one.node.path, programLine(callSitesOf(one), program));
  return manifestsOf(app).map((entry) => {
    const source = sources.get(entry.path);
    return source === undefined ? entry : { ...entry, source };
  });
}

import { type Contract, callSitesOf, type Manifest, synthesize } from '@groundwork/constructs';
import { ApiObject, type App } from 'cdk8s';
import type { Exception } from '../policy/index.ts';
import { type Program, programLine } from './source.ts';

/** One object of a version. */
export interface SnapshotObject {
  /** Path of the closest chart around it, such as `users`. */
  readonly chart: string;
  /** Path of its construct in the tree. */
  readonly path: string;
  /** Contract field or prop that it comes from. */
  readonly why: string;
  readonly manifest: Manifest;
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
  return synthesize(app).objects.map(({ chart, path, origin, manifest }) => {
    const source = sources.get(path);
    return { chart, path, why: origin, manifest, ...(source !== undefined && { source }) };
  });
}

import { type Contract, callSitesOf, type Manifest, synthesize } from '@groundwork/constructs';
import { ApiObject, type App } from 'cdk8s';
import type { Exception } from '../policy/index.ts';
import type { Settings } from './settings.ts';
import { type Program, programLine } from './source.ts';
import { failuresOf, type SynthFailure } from './synth-failure.ts';

/** One object of a version. */
export interface SnapshotObject {
  /** Path of the closest chart around it, such as `users`. */
  readonly chart: string;
  /** Path of its construct in the tree. */
  readonly path: string;
  /** Contract field or prop that it originates from. */
  readonly why: string;
  readonly manifest: Manifest;
  /** Line of the program that created it, such as `stacks/shop.ts:96`. @default not known */
  readonly source?: string;
}

/** Everything that one version of the source generates. Plain JSON, since the base's own code generates it. */
export interface Snapshot {
  /** Short commit, or `working tree`. */
  readonly version: string;
  /** Objects by environment, in the order they are applied. */
  readonly environments: Readonly<Record<string, readonly SnapshotObject[]>>;
  /** What could not be synthesized: such an environment is not in `environments`. @default none */
  readonly failed?: readonly SynthFailure[];
  /** By environment. Undefined for versions whose snapshots had no settings. */
  readonly settings?: Readonly<Record<string, Settings>>;
  /** Undefined for versions whose snapshots had no contracts. */
  readonly contracts?: readonly Contract[];
  /** Exceptions to the policy. @default none */
  readonly exceptions?: readonly Exception[];
}

/**
 * Objects of each environment. One that can't be synthesized is listed with the reason, and the others are made.
 * @param app makes the app of an environment, which keeps its call sites (`keepCallSites`)
 */
export async function snapshotEach<E>(
  environments: Readonly<Record<string, E>>,
  app: (environment: E) => Promise<App>,
  program: Program,
): Promise<Pick<Snapshot, 'environments' | 'failed'>> {
  const failed: SynthFailure[] = [];
  const made = await Promise.all(
    Object.entries(environments).map(async ([name, environment]) => {
      try {
        return [[name, objectsOf(await app(environment), program)] as const];
      } catch (error) {
        failed.push(...failuresOf(error, name, program));
        return [];
      }
    }),
  );
  return { environments: Object.fromEntries(made.flat()), failed };
}

/** Objects of an app that keeps its call sites (`keepCallSites`), each with the line of the program that created it. */
export function objectsOf(app: App, program: Program): SnapshotObject[] {
  const sources = new Map<string, string | undefined>();
  for (const one of app.node.findAll())
    if (ApiObject.isApiObject(one)) sources.set(one.node.path, programLine(callSitesOf(one), program));
  return synthesize(app).objects.map(({ chart, path, origin, manifest }) => {
    const source = sources.get(path);
    return { chart, path, why: origin, manifest, ...(source !== undefined && { source }) };
  });
}

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

/** How an environment becomes a part of a snapshot. */
export interface SnapshotSteps<E> {
  /** Makes the app of the environment, which keeps its call sites (`keepCallSites`). */
  app(environment: E): Promise<App>;
  settings(environment: E): Promise<Settings>;
}

/**
 * Objects and settings of each environment. One that can't be loaded or synthesized is listed with the reason, and the
 * others are made.
 * @param environments loads each environment, by its name
 */
export async function snapshotEach<E>(
  environments: Readonly<Record<string, () => Promise<E>>>,
  { app, settings }: SnapshotSteps<E>,
  program: Program,
): Promise<Required<Pick<Snapshot, 'environments' | 'failed' | 'settings'>>> {
  const failed: SynthFailure[] = [];
  const made = await Promise.all(
    Object.entries(environments).map(async ([name, load]) => {
      try {
        const environment = await load();
        return [{ name, objects: objectsOf(await app(environment), program), settings: await settings(environment) }];
      } catch (error) {
        failed.push(...failuresOf(error, name, program));
        return [];
      }
    }),
  );
  const parts = made.flat();
  return {
    environments: Object.fromEntries(parts.map(({ name, objects }) => [name, objects])),
    settings: Object.fromEntries(parts.map((part) => [part.name, part.settings])),
    failed,
  };
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

import type { GuaranteeReport, Images, System } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { OWN_REPOSITORY, type OwnImage, type ThirdPartyName } from '../build/images/index.ts';
import type { Progress } from '../tools/progress.ts';
import type { SmokeCheck } from './smoke.ts';

/** What the commands need to know of an environment. */
export interface ProgramEnvironment {
  readonly name: string;
  readonly namespace: string;
  /** Kube context it may be deployed to; a context that is not named here is refused. */
  readonly context: string | undefined;
  /** Mirror that images are pulled from; undefined for each image's own registry. */
  readonly registry: string | undefined;
}

/** What a cluster needs once, whichever environments it has; a cluster that isn't ours has it already. */
export interface AddOn {
  /** Such as `cert-manager`. */
  readonly name: string;
  /** Holds it alone. */
  readonly namespace: string;
  readonly images: readonly ThirdPartyName[];
  compose(images: Images, progress: Progress): Promise<System>;
}

/**
 * What a set of stacks gives the command line. The commands know clusters, images and engines; what is deployed
 * comes from here, so that any set of stacks can have them.
 */
export interface Program {
  /** Root of the repository: images are built from it, and `.groundwork/` in it notes what was loaded. */
  readonly root: string;
  readonly environments: Readonly<Record<string, ProgramEnvironment>>;
  /** Name of the environment that `start` brings up: the only one that may run on a cluster of this machine. */
  readonly localEnvironment: string;
  /** Our images. */
  readonly images: readonly OwnImage[];
  /** File to which `release` writes the images' digests. */
  readonly imagesLock: string;
  /** In the order in which they are needed. */
  readonly addOns: readonly AddOn[];
  /** All that an environment has. Pure. */
  compose(environment: string, images: Images): System;
  /** What each system of an environment keeps, and what is asked of it. */
  guarantees(environment: string): readonly GuaranteeReport[];
  /** The contracts' graph, as Mermaid and as DOT. */
  readonly graph: { readonly mermaid: string; readonly dot: string };
  /** What the running environment must answer through its gateway. */
  readonly smoke: readonly SmokeCheck[];
  /** Lines that tell a person how to begin, shown when an environment is up. */
  welcome(gatewayUrl: string): readonly string[];
}

/**
 * An environment of the program; the local one if none is named.
 * @param where the option that names it
 * @throws ConfigurationError when there is none of this name
 */
export function environmentOf(
  { environments, localEnvironment }: Pick<Program, 'environments' | 'localEnvironment'>,
  name: string = localEnvironment,
  where = '--environment',
): ProgramEnvironment {
  const environment = environments[name];
  if (environment !== undefined) return environment;
  throw new ConfigurationError({
    code: 'environment-unknown',
    where,
    problem: `there is no environment '${name}'`,
    fix: `choose one of: ${Object.keys(environments).join(', ')}`,
  });
}

/** Stands in for images where only the objects' shape is of interest, not what they run. */
export const namedImages: Images = {
  service: (name) => `${OWN_REPOSITORY}/${name}:unbuilt`,
  thirdParty: (name) => `${OWN_REPOSITORY}/${name}:unresolved`,
};

import type { GuaranteeReport, Images, System } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { OWN_REPOSITORY, type OwnImage, type ThirdPartyName } from '../build/images/index.ts';
import type { PulumiProgram } from '../deploy/index.ts';
import type { Objective } from '../operate/index.ts';
import type { Progress } from '../tools/progress.ts';
import type { ServiceLayout } from './new-service/plan.ts';
import type { SmokeCheck } from './smoke.ts';

/** The configuration of an environment that the commands use. */
export interface ProgramEnvironment {
  readonly name: string;
  readonly namespace: string;
  /** The only kube context it may be deployed to; without one, no context is allowed. */
  readonly context: string | undefined;
  /** Mirror that images are pulled from; undefined for each image's own registry. */
  readonly registry: string | undefined;
}

/** A component that a cluster needs once for all environments; the user's own cluster must have it already. */
export interface AddOn {
  /** Such as `cert-manager`. */
  readonly name: string;
  /** Namespace that contains only this add-on. */
  readonly namespace: string;
  readonly images: readonly ThirdPartyName[];
  compose(images: Images, progress: Progress): Promise<System>;
}

/** What a demo reports while it plays, in this order. */
export interface Demo {
  /** A new part begins. */
  part(title: string): void;
  /** Something happened in a service. @param requestId of the request that caused it; each of its log lines has it */
  saw(service: string, what: string, requestId?: string): void;
  /** What must be true; if it is not, the command fails at its end. */
  check(holds: boolean, what: string): void;
}

/**
 * What a set of stacks provides to the command line. The commands handle clusters, images and engines; what they deploy
 * comes from here, so that any set of stacks can use them.
 */
export interface Program {
  /** Root of the repository: images are built from it, and its `.groundwork/` records the loaded images. */
  readonly root: string;
  readonly environments: Readonly<Record<string, ProgramEnvironment>>;
  /** Name of the environment that `start` brings up: the only one that may run on a cluster of this machine. */
  readonly localEnvironment: string;
  /** Services whose images are built from this repository. */
  readonly images: readonly OwnImage[];
  /** Where `new service` writes and lists a service. */
  readonly services: ServiceLayout;
  /** File to which `release` writes the images' digests. */
  readonly imagesLock: string;
  /** In deployment order. */
  readonly addOns: readonly AddOn[];
  /** Composes all objects of an environment. Pure. */
  compose(environment: string, images: Images): System;
  /** What `pulumi up` runs; it takes the images from the record that `start` wrote. */
  readonly pulumi: PulumiProgram;
  /** Guarantees of each system of an environment, and the requirements on them. */
  guarantees(environment: string): readonly GuaranteeReport[];
  /** Objectives of the services, from their contracts. */
  readonly objectives: readonly Objective[];
  /** The contracts' graph, as Mermaid and as DOT. */
  readonly graph: { readonly mermaid: string; readonly dot: string };
  /** The AsyncAPI document of the events of an environment, as JSON. */
  asyncApi(environment: string): string;
  /** Requests that the running environment must answer through its gateway. */
  readonly smoke: readonly SmokeCheck[];
  /** Plays a demo against the running environment; it may leave data behind. */
  demo(gatewayUrl: string, demo: Demo): Promise<void>;
  /** Getting-started lines, shown when an environment is up. */
  welcome(gatewayUrl: string): readonly string[];
}

/**
 * Finds an environment of the program; the local one if none is named.
 * @param where the option that names it
 * @throws ConfigurationError if the name is unknown
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

/** Placeholder references, for composing manifests that are inspected but not deployed. */
export const namedImages: Images = {
  service: (name) => `${OWN_REPOSITORY}/${name}:unbuilt`,
  thirdParty: (name) => `${OWN_REPOSITORY}/${name}:unresolved`,
};

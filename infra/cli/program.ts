import type { GuaranteeReport, Images, ManifestEntry } from '@groundwork/constructs';
import type { ThirdPartyName } from '../build/images/index.ts';
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
  compose(images: Images, progress: Progress): Promise<readonly ManifestEntry[]>;
}

/**
 * What a set of stacks gives the command line. The commands know clusters, images and engines; what is deployed
 * comes from here, so that any set of stacks can have them.
 */
export interface Program {
  readonly environments: Readonly<Record<string, ProgramEnvironment>>;
  /** Services whose images are built, such as `users`. */
  readonly services: readonly string[];
  /** In the order in which they are needed. */
  readonly addOns: readonly AddOn[];
  /** All objects of an environment in the order they are needed. Pure. */
  compose(environment: string, images: Images): readonly ManifestEntry[];
  /** What each system of an environment keeps, and what is asked of it. */
  guarantees(environment: string): readonly GuaranteeReport[];
  /** The contracts' graph, as Mermaid text and as an SVG. */
  readonly graph: { readonly mermaid: string; readonly svg: string };
  /** What the running environment must answer through its gateway. */
  readonly smoke: readonly SmokeCheck[];
  /** Lines that tell a person how to begin, shown when an environment is up. */
  welcome(gatewayUrl: string): readonly string[];
}

import type { Contract, Need } from '@groundwork/contract';
import type { Identity } from '../identity/index.ts';
import type { AccountToken } from '../kubernetes/mounts.ts';
import type { SecretFile } from '../kubernetes/secret-file.ts';
import type { Guarantees } from './guarantees.ts';

/** A service's pods, as a backing service sees them. */
export interface Workload {
  /** The contract's name, and that of the Deployment. */
  readonly name: string;
  readonly contract: Contract;
  /** Such as `dev`. */
  readonly environment: string;
  /** System that it is part of, such as `shop`. */
  readonly system: string;
  readonly namespace: string;
  /** Image that the pods run. */
  readonly image: string;
  /** Labels by which a NetworkPolicy finds the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Its certificate; mounted into all its containers at `IDENTITY_FOLDER` already. */
  readonly identity: Identity;
  /** Most pods that run at one time: the scaling bound, and one more during an update. */
  readonly maxPods: number;
}

/** Pods that a workload may open connections to. */
export interface Peer {
  readonly selector: Readonly<Record<string, string>>;
  /** TCP port of the pod. */
  readonly port: number;
}

/** Work that is done before a pod serves, in an init container of the service's own image. */
export interface InitStep {
  /** Such as `migrate`. */
  readonly name: string;
  readonly command: readonly string[];
  /** Besides what the connection gives to the service itself; wins over it. @default nothing */
  readonly env?: Readonly<Record<string, string>>;
  /** In place of the connection's own files. @default the connection's files */
  readonly files?: readonly SecretFile[];
}

/** What a workload gets to use a backing service: all that its pods need to know, hold and reach. */
export interface Connection {
  /** Plain settings; a secret goes into a file. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default none */
  readonly files?: readonly SecretFile[];
  /** @default none */
  readonly accountTokens?: readonly AccountToken[];
  /** @default none */
  readonly peers?: readonly Peer[];
  /** Runs in this order before each pod starts; must be safe to run twice and by two pods at once. @default none */
  readonly initSteps?: readonly InitStep[];
  /** Known inputs that a pod reads at start only: it is rolled when one changes. @default none */
  readonly rollsOn?: readonly string[];
}

/**
 * A kind of backing service: what provides for contracts' needs of one kind. A new kind is one class with this method;
 * nothing else changes.
 * @example
 * class Mail implements Backing {
 *   public connect(workload: Workload): Connection {
 *     return { env: { SMTP_HOST: 'mail' }, peers: [{ selector: { app: 'mail' }, port: 25 }] };
 *   }
 * }
 * platform.addBackingService('mail', new Mail());
 */
export interface BackingService {
  /**
   * True for a system that serves every workload, whether or not its contract names a need, such as service discovery.
   * It is asked with a need of its kind. @default false
   */
  readonly everywhere?: boolean;
  /** What the system promises. @default nothing, so that no demand is met */
  readonly guarantees?: Guarantees;
  /**
   * Called once for each need of each workload. May make objects of its own, such as a role for the workload and a
   * NetworkPolicy that lets it in.
   * @throws ConfigurationError when it can't provide what is asked for.
   */
  connect(workload: Workload, need: Need): Connection;
}

import type { Contract, Need } from '@groundwork/contract';
import type { Identity } from '../identity/index.ts';
import type { AccountToken, SecretFile } from '../kubernetes/mounts.ts';
import type { Guarantees } from './guarantees.ts';

/** Kind of the need that derives from `publishes` and `consumes`: the event bus. */
export const EVENTS = 'events';

/** Constructs of this library by the kind that they provide for; each adds itself to its platform. */
const PROVIDERS: Readonly<Record<string, string>> = {
  postgres: "'new Postgres(…)' or 'new CnpgPostgres(…)'",
  [EVENTS]: "'new Kafka(…)' or 'new StrimziKafka(…)'",
  cassandra: "'new Cassandra(…)' or 'new K8ssandraCassandra(…)'",
  secret: "'new Secrets(…)'",
  mail: "'new Mail(…)'",
};

/** What to create for needs of a kind. */
export function provider(kind: string): string {
  return PROVIDERS[kind] ?? `a BackingService, and add it with platform.addBackingService('${kind}', …)`;
}

/** The workload of a service that a backing service connects. */
export interface Workload {
  /** The contract's name, and that of the Deployment. */
  readonly name: string;
  /** Contract of the service. */
  readonly contract: Contract;
  /** Such as `dev`. */
  readonly environment: string;
  /** System that the service belongs to, such as `shop`. */
  readonly system: string;
  /** Namespace of the platform. */
  readonly namespace: string;
  /** Image of the pods. */
  readonly image: string;
  /** Labels that select the pods in a NetworkPolicy. */
  readonly selector: Readonly<Record<string, string>>;
  /** Its certificate, which is mounted into all its containers at `IDENTITY_FOLDER`. */
  readonly identity: Identity;
  /** Maximum number of pods at one time: `scaling.max`, and one more during an update. */
  readonly maxPods: number;
}

/** Pods that a workload may open connections to. */
export interface Peer {
  /** Labels of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** TCP port of the pod. */
  readonly port: number;
}

/** An init container that runs the service's own image. */
export interface InitStep {
  /** Such as `migrate`. */
  readonly name: string;
  /** Command of the init container. */
  readonly command: readonly string[];
  /** Variables in addition to those of the connection, which they override. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Files instead of those of the connection. @default the files of the connection */
  readonly files?: readonly SecretFile[];
}

/** What the pods of a workload need to use a backing service: settings, files and network peers. */
export interface Connection {
  /** Environment variables; a secret must be a file. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default none */
  readonly files?: readonly SecretFile[];
  /** @default none */
  readonly accountTokens?: readonly AccountToken[];
  /** @default none */
  readonly peers?: readonly Peer[];
  /** Run in this order before each pod starts; must be idempotent and safe to run in two pods at once. @default none */
  readonly initSteps?: readonly InitStep[];
  /** Inputs that a pod reads only at start: a change of one rolls the pods. @default none */
  readonly rollsOn?: readonly string[];
}

/**
 * Provides for the needs of one kind. To add a kind, write a class with this method; nothing else changes.
 * @example
 * class Mail implements BackingService {
 *   public connect(workload: Workload): Connection {
 *     return { env: { SMTP_HOST: 'mail' }, peers: [{ selector: { app: 'mail' }, port: 25 }] };
 *   }
 * }
 * platform.addBackingService('mail', new Mail());
 */
export interface BackingService {
  /**
   * True for a system that every workload is connected to, such as service discovery, even if its contract has no such
   * need. @default false
   */
  readonly everywhere?: boolean;
  /** Guarantees that the system keeps. @default none, so that no requirement is met */
  readonly guarantees?: Guarantees;
  /**
   * Called once for each need of each workload. May create objects, such as a role for the workload and a NetworkPolicy
   * that allows it to connect.
   * @throws ConfigurationError if it can't provide for the need
   */
  connect(workload: Workload, need: Need): Connection;
}

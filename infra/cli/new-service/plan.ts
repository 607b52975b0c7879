import type { Contract, Event, Operation } from '@groundwork/contract';

/** Kinds of databases that a new service may own. */
export const STORES = ['postgres', 'cassandra'] as const;

/** Where services are in the repository. */
export interface ServiceLayout {
  /** Folder with one folder for each service, and a README.md with a table of them, such as `services`. */
  readonly folder: string;
  /** Folder with one file for each contract, and an `index.ts` that lists them. */
  readonly contracts: string;
  /** Folder of the library that services use. */
  readonly kit: string;
  /** Contracts of the system. */
  readonly known: readonly Contract[];
  /** Names that no service may have: the system has other parts of these names. */
  reserved(): readonly string[];
  /**
   * Whether all environments can hold the system with one more contract.
   * @throws ConfigurationError (or `ConfigurationErrors`) if one cannot, such as `quota-exceeded`
   */
  check(added: Contract): void;
}

/** Options of `new service`. */
export interface NewServiceOptions {
  /** Database of the service. @default none */
  readonly owns?: (typeof STORES)[number];
  /** Services that it calls. @default none */
  readonly calls?: readonly string[];
  /** Events that it consumes, by topic. @default none */
  readonly consumes?: readonly string[];
}

/** An export of a module next to the contracts. */
export interface Exported<T> {
  /** Name of the export, such as `orderPlaced`. */
  readonly constant: string;
  /** File name without `.ts`, such as `order-events`. */
  readonly module: string;
  readonly value: T;
}

/** An operation that the new service calls, with values that its contract allows. */
export interface PlannedCall extends Exported<Contract> {
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
  readonly reply: { readonly status: number; readonly body: unknown };
}

/** An event that the new service consumes, with a payload that its schema allows. */
export interface PlannedEvent extends Exported<Event> {
  readonly payload: unknown;
}

/** A new service, validated. */
export interface ServicePlan {
  /** Name, such as `order-notes`. */
  readonly name: string;
  /** The name as an identifier, such as `orderNotes`. */
  readonly id: string;
  readonly layout: ServiceLayout;
  readonly store: NewServiceOptions['owns'];
  readonly calls: readonly PlannedCall[];
  readonly consumes: readonly PlannedEvent[];
}

import { ConfigurationError, type Contract, throwIfAny } from '@groundwork/contract';
import { validateGraph } from './validate.ts';

/** A call of one service to an operation of another. */
export interface Call {
  /** Contract that calls it. */
  readonly caller: string;
  /** Contract that serves it. */
  readonly service: string;
  /** Key under that contract's `http`. */
  readonly operation: string;
}

/** An event with its publisher and consumers. */
export interface Topic {
  /** Such as `order.placed`. */
  readonly event: string;
  /** Published versions, ascending. */
  readonly versions: readonly number[];
  /** Contract that publishes it. */
  readonly publisher: string;
  /** Contracts that consume it, sorted by name. */
  readonly consumers: readonly string[];
}

/** All contracts of a system, validated against each other. Everything that is not in the graph is denied. */
export class Graph {
  /** Sorted by name, so that the order in which they are listed does not matter. */
  readonly contracts: readonly Contract[];
  /** Every call that a contract declares, each once. */
  readonly calls: readonly Call[];
  /** One topic for each published event. */
  readonly topics: readonly Topic[];
  readonly #byName: ReadonlyMap<string, Contract>;
  readonly #byCaller: ReadonlyMap<string, readonly Call[]>;
  readonly #byService: ReadonlyMap<string, readonly Call[]>;

  /** @throws ConfigurationError (or `ConfigurationErrors`) with contract, field and fix for each contradiction between contracts */
  public constructor(contracts: readonly Contract[]) {
    throwIfAny(validateGraph(contracts));
    this.contracts = contracts.toSorted((a, b) => compare(a.name, b.name));
    this.calls = this.contracts.flatMap(callsOf);
    this.topics = topicsOf(this.contracts);
    this.#byName = new Map(this.contracts.map((contract) => [contract.name, contract]));
    this.#byCaller = Map.groupBy(this.calls, ({ caller }) => caller);
    this.#byService = Map.groupBy(this.calls, ({ service }) => service);
  }

  /** Whether this contract object is in the graph, not just one with the same name. */
  public has(contract: Contract): boolean {
    return this.#byName.get(contract.name) === contract;
  }

  /** @throws ConfigurationError if the graph has no such contract */
  public contract(name: string): Contract {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    const names = [...this.#byName.keys()].join(', ');
    throw new ConfigurationError({
      code: 'contract-unknown',
      where: `contract '${name}'`,
      problem: 'the graph has no such contract',
      fix: `add it to the graph, or use one of: ${names || '(none)'}`,
    });
  }

  /** Services that call this one, sorted by name. */
  public callersOf(service: string): readonly string[] {
    return unique((this.#byService.get(service) ?? []).map(({ caller }) => caller));
  }

  /** Services that this one calls, sorted by name. */
  public calleesOf(service: string): readonly string[] {
    return unique((this.#byCaller.get(service) ?? []).map((call) => call.service));
  }

  /** Allowed callers of each operation of a service; an operation without callers has an empty list. */
  public allowList(service: string): Readonly<Record<string, readonly string[]>> {
    const calls = this.#byService.get(service) ?? [];
    const callers = (operation: string) =>
      unique(calls.filter((call) => call.operation === operation).map(({ caller }) => caller));
    return Object.fromEntries(
      Object.keys(this.contract(service).http).map((operation) => [operation, callers(operation)]),
    );
  }
}

function callsOf({ name, calls }: Contract): Call[] {
  const once = new Map(calls.map((operation) => [`${operation.service}.${operation.name}`, operation]));
  return [...once.values()].map((operation) => ({
    caller: name,
    service: operation.service,
    operation: operation.name,
  }));
}

function topicsOf(contracts: readonly Contract[]): Topic[] {
  const topics = new Map<string, Topic>();
  for (const { name: publisher, publishes } of contracts) {
    for (const { name: event } of publishes) {
      const versions = publishes.filter((other) => other.name === event).map(({ version }) => version);
      const consumers = contracts
        .filter(({ consumes }) => consumes.some((other) => other.name === event))
        .map(({ name }) => name);
      topics.set(event, { event, versions: versions.sort((a, b) => a - b), publisher, consumers });
    }
  }
  return [...topics.values()].sort((a, b) => compare(a.event, b.event));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compare);
}

/** Compares by code units, independent of the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

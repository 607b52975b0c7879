import { ConfigurationError, type Contract, throwIfAny } from '@groundwork/contract';
import { validateGraph } from './validate.ts';

/** A service that asks another for an operation. */
export interface Call {
  readonly caller: string;
  /** Contract that serves it. */
  readonly service: string;
  /** Key under that contract's `http`. */
  readonly operation: string;
}

/** An event's way from its one publisher to those who consume it. */
export interface Topic {
  /** Such as `order.placed`. */
  readonly event: string;
  /** Versions that are published, ascending. */
  readonly versions: readonly number[];
  readonly publisher: string;
  readonly consumers: readonly string[];
}

/** All contracts of a system, in agreement with each other. What isn't in it can't happen. */
export class Graph {
  /** In the order of their names, so that nothing depends on the order in which they are listed. */
  readonly contracts: readonly Contract[];
  /** Every call that a contract declares, each once. */
  readonly calls: readonly Call[];
  readonly topics: readonly Topic[];
  readonly #byName: ReadonlyMap<string, Contract>;
  readonly #byCaller: ReadonlyMap<string, readonly Call[]>;
  readonly #byService: ReadonlyMap<string, readonly Call[]>;

  /** @throws ConfigurationError (or `ConfigurationErrors`, which lists several) with contract, field and fix for all that doesn't agree. */
  public constructor(contracts: readonly Contract[]) {
    throwIfAny(validateGraph(contracts));
    this.contracts = contracts.toSorted((a, b) => compare(a.name, b.name));
    this.calls = this.contracts.flatMap(callsOf);
    this.topics = topicsOf(this.contracts);
    this.#byName = new Map(this.contracts.map((contract) => [contract.name, contract]));
    this.#byCaller = Map.groupBy(this.calls, ({ caller }) => caller);
    this.#byService = Map.groupBy(this.calls, ({ service }) => service);
  }

  /** Whether this very contract is in the graph, not just one of its name. */
  public has(contract: Contract): boolean {
    return this.#byName.get(contract.name) === contract;
  }

  /** @throws ConfigurationError when the graph has no such contract. */
  public contract(name: string): Contract {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    const names = [...this.#byName.keys()].join(', ');
    throw new ConfigurationError({
      code: 'contract-unknown',
      where: `contract '${name}'`,
      problem: 'the graph has no such contract',
      fix: `add it to the graph, or choose one of: ${names || '(none)'}`,
    });
  }

  /** Services that call this one, in the order of their names. */
  public callersOf(service: string): readonly string[] {
    return unique((this.#byService.get(service) ?? []).map(({ caller }) => caller));
  }

  /** Services that this one calls, in the order of their names. */
  public calleesOf(service: string): readonly string[] {
    return unique((this.#byCaller.get(service) ?? []).map((call) => call.service));
  }

  /** Who may ask for each operation of a service; an operation that nobody calls has an empty list. */
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

/** By code units: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

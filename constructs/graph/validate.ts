import { ConfigurationError, type Contract, type Event, type Operation } from '@groundwork/contract';

/** Validates contracts against each other. @returns errors with contract, field and fix */
export function validateGraph(contracts: readonly Contract[]): ConfigurationError[] {
  return [duplicateNames, brokenCalls, unpublishedEvents, sharedEvents, sharedNeeds, edgeRouteConflicts].flatMap(
    (check) => check(contracts),
  );
}

function duplicateNames(contracts: readonly Contract[]): ConfigurationError[] {
  return repeated(contracts, ({ name }) => name).map(
    ([{ name }]) =>
      new ConfigurationError({
        code: 'contract-duplicate',
        where: `contract '${name}' › name`,
        problem: `two contracts have the name '${name}'`,
        fix: 'rename one of them, or list the contract only once',
      }),
  );
}

function brokenCalls(contracts: readonly Contract[]): ConfigurationError[] {
  const served = new Map(contracts.map((contract) => [contract.name, contract]));
  return contracts.flatMap(({ name, calls }) =>
    calls.flatMap((operation, index) => {
      const where = `contract '${name}' › calls[${index}]`;
      const callee = served.get(operation.service);
      if (operation.service === name)
        return new ConfigurationError({
          code: 'call-to-itself',
          where,
          problem: `'${name}' calls itself (${operation.name})`,
          fix: 'call a function instead of an HTTP operation',
        });
      if (callee === undefined) {
        const known = [...served.keys()].join(', ');
        return new ConfigurationError({
          code: 'contract-unknown',
          where,
          problem: `the graph has no contract '${operation.service}'`,
          fix: `add it, or use one of: ${known}`,
        });
      }
      const own: Operation | undefined = callee.http[operation.name];
      if (own?.method === operation.method && own.path === operation.path) return [];
      const operations = Object.keys(callee.http).join(', ') || '(none)';
      return new ConfigurationError({
        code: 'operation-unknown',
        where,
        problem: `'${operation.service}' does not serve ${operation.name} (${operation.method} ${operation.path})`,
        fix: `use an operation of its contract: ${operations}`,
      });
    }),
  );
}

function unpublishedEvents(contracts: readonly Contract[]): ConfigurationError[] {
  const published = contracts.flatMap(({ publishes }) => publishes);
  return contracts.flatMap(({ name, consumes }) =>
    consumes.flatMap((event, index) => {
      const where = `contract '${name}' › consumes[${index}]`;
      const versions = published.filter((other) => other.name === event.name).map(({ version }) => version);
      if (versions.includes(event.version)) return [];
      if (versions.length > 0) {
        const fix = `consume one of those, or publish ${event.version} beside them until all consumers have migrated`;
        return new ConfigurationError({
          code: 'event-version-unpublished',
          where,
          problem: `version ${event.version} of '${event.name}' is consumed, but [${versions}] is published`,
          fix,
        });
      }
      const fix = `add it to 'publishes' of the publishing contract${hint(event, published)}`;
      return new ConfigurationError({
        code: 'event-unpublished',
        where,
        problem: `no contract publishes '${event.name}'`,
        fix,
      });
    }),
  );
}

function hint({ name }: Event, published: readonly Event[]): string {
  const names = [...new Set(published.map((event) => event.name))];
  const near = names.filter((other) => other.split('.')[0] === name.split('.')[0]);
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
}

function sharedEvents(contracts: readonly Contract[]): ConfigurationError[] {
  const publishers = contracts.flatMap(({ name, publishes }) =>
    [...new Set(publishes.map((event) => event.name))].map((event) => ({ name, event })),
  );
  return repeated(publishers, ({ event }) => event).map(([first, second]) => {
    const fix = 'publish it in one service only, or use different names for the two events';
    return new ConfigurationError({
      code: 'event-published-twice',
      where: `contract '${second.name}' › publishes`,
      problem: `'${second.event}' is also published by '${first.name}'`,
      fix,
    });
  });
}

/** Resources that are owned twice. Secrets are excluded: their names are scoped to the service. */
function sharedNeeds(contracts: readonly Contract[]): ConfigurationError[] {
  const owned = contracts.flatMap(({ name: contract, owns }) =>
    owns.map((need, index) => {
      const name = need.name ?? contract;
      return {
        contract,
        index,
        what: `${need.kind} '${name}'`,
        key: need.kind === 'secret' ? `${need.kind} ${contract} ${name}` : `${need.kind} ${name}`,
      };
    }),
  );
  return repeated(owned, ({ key }) => key).map(([first, second]) => {
    const where = `contract '${second.contract}' › owns[${second.index}]`;
    const fix = 'keep one owner and let the other use HTTP or events, or rename one of them';
    return new ConfigurationError({
      code: 'owned-twice',
      where,
      problem: `${second.what} is also owned by contract '${first.contract}'`,
      fix,
    });
  });
}

/** At the edge, operations of all services share one host, so each needs a distinct method and path. */
function edgeRouteConflicts(contracts: readonly Contract[]): ConfigurationError[] {
  const edges = contracts.filter(({ edge }) => edge);
  const open = edges.flatMap((edge) => [
    ...Object.values(edge.http).map((operation) => ({ edge: edge.name, field: `http.${operation.name}`, operation })),
    ...edge.calls.map((operation, index) => ({ edge: edge.name, field: `calls[${index}]`, operation })),
  ]);
  const shape = ({ method, path }: Operation) => `${method} ${path.replace(/:[A-Za-z0-9_]+/g, ':')}`;
  return repeated(open, ({ operation }) => shape(operation)).map(([first, second]) => {
    const other = `${first.operation.service}.${first.operation.name}`;
    const what = `${second.operation.method} ${second.operation.path} of ${second.operation.service}.${second.operation.name} is already exposed at the edge, as ${other}`;
    return new ConfigurationError({
      code: 'edge-route-conflict',
      where: `contract '${second.edge}' › ${second.field}`,
      problem: what,
      fix: 'change the path of one of the two, or do not expose one of them at the edge',
    });
  });
}

/** Items with a duplicate key, each with the first item that has the key. */
function repeated<T>(items: readonly T[], key: (item: T) => string): [T, T][] {
  const first = new Map<string, T>();
  return items.flatMap((item): [T, T][] => {
    const earlier = first.get(key(item));
    if (earlier !== undefined) return [[earlier, item]];
    first.set(key(item), item);
    return [];
  });
}

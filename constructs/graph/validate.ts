import { type Contract, type Event, Mistake, type Operation } from '@groundwork/contract';

/** All that does not agree between contracts. Each says contract, field and mend. */
export function graphMistakes(contracts: readonly Contract[]): Mistake[] {
  return [duplicateNames, brokenCalls, foreignEvents, sharedEvents, sharedNeeds, doorClashes].flatMap((check) =>
    check(contracts),
  );
}

function duplicateNames(contracts: readonly Contract[]): Mistake[] {
  return repeated(contracts, ({ name }) => name).map(
    ([{ name }]) =>
      new Mistake(
        `contract '${name}' › name`,
        `two contracts are called '${name}'`,
        'rename one of them; a contract is listed once',
      ),
  );
}

function brokenCalls(contracts: readonly Contract[]): Mistake[] {
  const served = new Map(contracts.map((contract) => [contract.name, contract]));
  return contracts.flatMap(({ name, calls }) =>
    calls.flatMap((operation, index) => {
      const where = `contract '${name}' › calls[${index}]`;
      const callee = served.get(operation.service);
      if (operation.service === name)
        return new Mistake(where, `'${name}' calls itself (${operation.name})`, 'call the function, not the network');
      if (callee === undefined) {
        const known = [...served.keys()].join(', ');
        return new Mistake(
          where,
          `no contract '${operation.service}' is in the graph`,
          `add it, or call one of: ${known}`,
        );
      }
      const own: Operation | undefined = callee.http[operation.name];
      if (own?.method === operation.method && own.path === operation.path) return [];
      const operations = Object.keys(callee.http).join(', ') || '(none)';
      return new Mistake(
        where,
        `'${operation.service}' serves no ${operation.name} (${operation.method} ${operation.path})`,
        `take the operation from its contract; it serves: ${operations}`,
      );
    }),
  );
}

function foreignEvents(contracts: readonly Contract[]): Mistake[] {
  const published = contracts.flatMap(({ publishes }) => publishes);
  return contracts.flatMap(({ name, consumes }) =>
    consumes.flatMap((event, index) => {
      const where = `contract '${name}' › consumes[${index}]`;
      const versions = published.filter((other) => other.name === event.name).map(({ version }) => version);
      if (versions.includes(event.version)) return [];
      if (versions.length > 0) {
        const mend = `consume one of those, or publish ${event.version} beside them until all consumers have moved`;
        return new Mistake(
          where,
          `version ${event.version} of '${event.name}' is consumed, but [${versions}] is published`,
          mend,
        );
      }
      const mend = `add it to the 'publishes' of the contract that it comes from${hint(event, published)}`;
      return new Mistake(where, `nobody publishes '${event.name}'`, mend);
    }),
  );
}

function hint({ name }: Event, published: readonly Event[]): string {
  const names = [...new Set(published.map((event) => event.name))];
  const near = names.filter((other) => other.split('.')[0] === name.split('.')[0]);
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
}

function sharedEvents(contracts: readonly Contract[]): Mistake[] {
  const publishers = contracts.flatMap(({ name, publishes }) =>
    [...new Set(publishes.map((event) => event.name))].map((event) => ({ name, event })),
  );
  return repeated(publishers, ({ event }) => event).map(([first, second]) => {
    const mend = 'an event is a fact of one service: publish it there only, or give the two facts different names';
    return new Mistake(
      `contract '${second.name}' › publishes`,
      `'${second.event}' is also published by '${first.name}'`,
      mend,
    );
  });
}

/** Two contracts, or one contract twice, that own the same thing. A secret is the service's own by its very name. */
function sharedNeeds(contracts: readonly Contract[]): Mistake[] {
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
    const mend = 'keep it with one owner and let the other ask by HTTP or events, or give one of them another name';
    return new Mistake(where, `${second.what} is also owned by contract '${first.contract}'`, mend);
  });
}

/** At the door, operations of all services share one host: two with the same method and path can't be told apart. */
function doorClashes(contracts: readonly Contract[]): Mistake[] {
  const doors = contracts.filter(({ edge }) => edge);
  const open = doors.flatMap((door) => [
    ...Object.values(door.http).map((operation) => ({ door: door.name, field: `http.${operation.name}`, operation })),
    ...door.calls.map((operation, index) => ({ door: door.name, field: `calls[${index}]`, operation })),
  ]);
  const shape = ({ method, path }: Operation) => `${method} ${path.replace(/:[A-Za-z0-9_]+/g, ':')}`;
  return repeated(open, ({ operation }) => shape(operation)).map(([first, second]) => {
    const other = `${first.operation.service}.${first.operation.name}`;
    const what = `${second.operation.method} ${second.operation.path} of ${second.operation.service}.${second.operation.name} is at the door already, as ${other}`;
    return new Mistake(
      `contract '${second.door}' › ${second.field}`,
      what,
      'give one of the two another path, or leave one out of the door',
    );
  });
}

/** Items whose key an earlier item has, each with the first that has it. */
function repeated<T>(items: readonly T[], key: (item: T) => string): [T, T][] {
  const first = new Map<string, T>();
  return items.flatMap((item): [T, T][] => {
    const earlier = first.get(key(item));
    if (earlier !== undefined) return [[earlier, item]];
    first.set(key(item), item);
    return [];
  });
}

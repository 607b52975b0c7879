import { fc } from '@fast-check/jest';
import { type Contract, contract, event, type Operation, postgres, route, secret } from '@groundwork/contract';
import { Type } from 'typebox';

const Id = Type.Object({ id: Type.String() });

/** Properties of one service of a generated system; numbers select services before it. */
interface Sketch {
  readonly operations: number;
  readonly calls: readonly number[];
  readonly consumes: readonly number[];
  readonly database: boolean;
  readonly secret: boolean;
  readonly publishes: boolean;
}

const sketches = fc.record({
  operations: fc.integer({ min: 1, max: 3 }),
  calls: fc.array(fc.nat(50), { maxLength: 3 }),
  consumes: fc.array(fc.nat(50), { maxLength: 2 }),
  database: fc.boolean(),
  secret: fc.boolean(),
  publishes: fc.boolean(),
});

const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);

/** Generated systems of consistent contracts, with one edge service. */
export const systems: fc.Arbitrary<readonly Contract[]> = fc
  .uniqueArray(fc.tuple(names, sketches), { minLength: 1, maxLength: 6, selector: ([name]) => name })
  // Excludes names that the builtin Postgres reserves, and names that are a prefix of another's objects: both are
  // rejected elsewhere.
  .filter((parts) => parts.every(([name]) => !/^(postgres|template)/.test(name)))
  .map((parts) => {
    const made: Contract[] = [];
    for (const [name, sketch] of parts) made.push(realize(name, sketch, made, made.length === parts.length - 1));
    return made;
  });

function realize(name: string, sketch: Sketch, before: readonly Contract[], edge: boolean): Contract {
  const pick = <T>(items: readonly T[], numbers: readonly number[]): T[] =>
    items.length === 0 ? [] : [...new Set(numbers.map((number) => items[number % items.length] as T))];
  const operations: Operation[] = before.flatMap(({ http }) => Object.values(http));
  return contract(name, {
    http: Object.fromEntries(
      Array.from({ length: sketch.operations }, (_, index) => [
        `ask${index}`,
        route('GET', `/${name}/${index}`, { reply: { 200: Id } }),
      ]),
    ),
    calls: pick(operations, sketch.calls),
    publishes: sketch.publishes ? [event(`${name}.happened`, 1, Id, { key: 'id' })] : [],
    consumes: pick(
      before.flatMap(({ publishes }) => publishes),
      sketch.consumes,
    ),
    owns: [
      ...(sketch.database ? [postgres({ migrations: `services/${name}/migrations` })] : []),
      ...(sketch.secret ? [secret('key', { purpose: 'made up', format: 'random' as const })] : []),
    ],
    edge,
  }) as Contract;
}

import { ConfigurationError } from '@groundwork/contract';

/** Something that comes after others. */
export interface Ordered<T> {
  readonly name: string;
  readonly dependsOn: ReadonlySet<T>;
}

/**
 * The items with each after all it depends on, otherwise in the order given. Linear in items and edges; iterative,
 * as a chain of dependencies may be deeper than the stack.
 * @throws ConfigurationError naming the items of a cycle.
 */
export function inOrder<T extends Ordered<T>>(items: readonly T[], where: string): T[] {
  const done = new Set<T>();
  const open = new Set<T>();
  for (const item of items) {
    const stack = done.has(item) ? [] : [frame(item, open)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { value: next } = top.rest.next();
      if (next === undefined) {
        done.add(top.item);
        open.delete(top.item);
        stack.pop();
      } else if (open.has(next)) {
        throw cycle([...open], next, where);
      } else if (!done.has(next)) {
        stack.push(frame(next, open));
      }
    }
  }
  return [...done];
}

function frame<T extends Ordered<T>>(item: T, open: Set<T>): { item: T; rest: Iterator<T, undefined> } {
  open.add(item);
  return { item, rest: item.dependsOn.values() };
}

function cycle<T extends Ordered<T>>(open: readonly T[], start: T, where: string): ConfigurationError {
  const names = [...open.slice(open.indexOf(start)), start].map(({ name }) => name);
  return new ConfigurationError({
    code: 'dependency-cycle',
    where,
    problem: `these wait for each other: ${names.join(' → ')}`,
    fix: 'remove one of the dependencies, or move what both need into a chart of its own',
  });
}

import { fc, test as law } from '@fast-check/jest';
import { expect, test } from '@jest/globals';
import { inOrder } from './order.ts';

interface Item {
  name: string;
  dependsOn: Set<Item>;
}

/** Items whose dependencies are earlier ones, so without a cycle, in any order. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
  .map((rows) => {
    const items: Item[] = [];
    for (const [i, row] of rows.entries())
      items.push({ name: `${i}`, dependsOn: new Set(i === 0 ? [] : row.map((n) => items[n % i] as Item)) });
    return items;
  })
  .chain((items) => fc.shuffledSubarray(items, { minLength: items.length }));

law.prop([acyclic])('law: each item comes once, after everything it depends on', (items) => {
  const order = inOrder(items, 'app');
  expect(order).toHaveLength(items.length);
  for (const item of items)
    for (const earlier of item.dependsOn) expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(item));
});

test('items that depend on nothing keep the order they came in', () => {
  const items = ['b', 'a', 'c'].map((name): Item => ({ name, dependsOn: new Set() }));
  expect(inOrder(items, 'app')).toEqual(items);
});

test('a cycle is refused with the names on it, and without those that only lead to it', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name): Item => ({ name, dependsOn: new Set() })) as [Item, Item, Item];
  a.dependsOn.add(b);
  b.dependsOn.add(c);
  c.dependsOn.add(b);
  expect(() => inOrder([a, b, c], 'app')).toThrow('these wait for each other: b → c → b');
});

test('a chain of 20,000 is ordered without running out of stack', () => {
  const items = Array.from({ length: 20_000 }, (_, i): Item => ({ name: `${i}`, dependsOn: new Set() }));
  for (const [i, item] of items.entries()) if (items[i + 1]) item.dependsOn.add(items[i + 1] as Item);
  expect(inOrder(items, 'app')[0]?.name).toBe('19999');
});

import { fc, test as law } from '@fast-check/jest';
import { type Contract, contract, event, postgres, route } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { Graph, toMermaid, toSvg } from './index.ts';
import { layoutOf, textWidth } from './layout.ts';
import { pictureOf } from './picture.ts';

const Id = Type.Object({ id: Type.String() });

/** A chain and skips: each service calls some of those before it, some own a database, some share events. */
function graphOf(calls: readonly (readonly number[])[]): Graph {
  const contracts: Contract[] = [];
  for (const [index, callees] of calls.entries()) {
    const known = contracts.length;
    contracts.push(
      contract(`service-${'x'.repeat(index % 7)}${index}`, {
        http: { ask: route('GET', `/ask/${index}`, { reply: { 200: Id } }) },
        calls: [...new Set(callees.map((callee) => callee % Math.max(1, known)))].flatMap((callee) =>
          Object.values(contracts[callee]?.http ?? {}),
        ),
        owns: index % 2 === 0 ? [postgres({ migrations: 'm' })] : [],
        publishes: [event(`subject${index}.happened`, 1, Id, { key: 'id' })],
        consumes: contracts.slice(0, index % 3).flatMap(({ publishes }) => publishes),
        edge: index === calls.length - 1,
      }) as Contract,
    );
  }
  return new Graph(contracts);
}

const graphs = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 12 }).map(graphOf);

law.prop([graphs])('law: no box overlaps another, every text fits its box, and all is inside the picture', (graph) => {
  const { boxes, arrows, width, height } = layoutOf(pictureOf(graph));
  for (const box of boxes) {
    expect(textWidth(box.title, 14)).toBeLessThanOrEqual(box.width);
    expect(textWidth(box.note, 11)).toBeLessThanOrEqual(box.width);
    expect([box.x, box.y, width - box.x - box.width, height - box.y - box.height].every((gap) => gap >= 0)).toBe(true);
    const over = boxes.filter(
      (other) =>
        other !== box &&
        other.x < box.x + box.width &&
        box.x < other.x + other.width &&
        other.y < box.y + box.height &&
        box.y < other.y + other.height,
    );
    expect(over).toEqual([]);
  }
  for (const { points } of arrows)
    for (const { x, y } of points) expect(x >= 0 && x <= width && y >= 0 && y <= height).toBe(true);
});

law.prop([graphs])(
  'law: the same graph gives the same pictures, with every contract and every arrow in both',
  (graph) => {
    const again = new Graph([...graph.contracts].reverse());
    expect(toSvg(again)).toBe(toSvg(graph));
    expect(toMermaid(again)).toBe(toMermaid(graph));
    for (const { name } of graph.contracts) {
      expect(toSvg(graph)).toContain(`>${name}</text>`);
      expect(toMermaid(graph)).toContain(`"${name}<br/>`);
    }
    const arrows = pictureOf(graph).arrows.length;
    expect(toSvg(graph).split('marker-end').length - 1).toBe(arrows);
    expect(toMermaid(graph).split('-->').length - 1).toBe(arrows);
  },
);

test('draws a cycle of calls with every arrow', () => {
  const b = contract('b', { http: { ask: route('GET', '/b', { reply: { 200: Id } }) } });
  const a = contract('a', { http: { ask: route('GET', '/a', { reply: { 200: Id } }) }, calls: [b.http.ask] });
  const svg = toSvg(
    new Graph([a, contract('b', { http: { ask: route('GET', '/b', { reply: { 200: Id } }) }, calls: [a.http.ask] })]),
  );
  expect(svg).toContain('<title>a calls ask</title>');
  expect(svg).toContain('<title>b calls ask</title>');
});

test('an empty graph is an empty picture', () => {
  expect(toSvg(new Graph([]))).toContain('</svg>');
  expect(toMermaid(new Graph([]))).toBe('flowchart LR\n');
});

import { fc, test as law } from '@fast-check/jest';
import { type Contract, contract, event, postgres, route } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { Graph, toDiagram, toDot, toMermaid } from './index.ts';

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

law.prop([graphs])(
  'law: the same graph gives the same text, with every contract and every edge, in Mermaid and in DOT',
  (graph) => {
    const again = new Graph([...graph.contracts].reverse());
    const { nodes, edges } = toDiagram(graph);
    const [mermaid, dot] = [toMermaid(graph), toDot(graph)];
    expect([toMermaid(again), toDot(again)]).toEqual([mermaid, dot]);
    for (const { name } of graph.contracts) {
      expect(mermaid).toContain(`"${name}<br/>`);
      expect(dot).toContain(`"${name}" [label="${name}\\n1 operation"`);
    }
    expect(mermaid.split('-->').length - 1).toBe(edges.length);
    expect(dot.split('" -> "').length - 1).toBe(edges.length);
    expect(dot.split(', shape=').length - 1).toBe(nodes.length);
  },
);

test('services that call each other keep both edges', () => {
  const serve = (name: string) => ({ ask: route('GET', `/${name}`, { reply: { 200: Id } }) });
  const b = contract('b', { http: serve('b') });
  const a = contract('a', { http: serve('a'), calls: [b.http.ask] });
  const dot = toDot(new Graph([a, contract('b', { http: serve('b'), calls: [a.http.ask] })]));
  expect(dot).toContain('"a" -> "b" [label=" ask ", tooltip="a calls ask"]');
  expect(dot).toContain('"b" -> "a" [label=" ask ", tooltip="b calls ask"]');
});

test('clients are drawn only where a service is open to them, and what a service owns beside it', () => {
  const kinds = (edge: boolean) =>
    toDiagram(new Graph([contract('shop', { owns: [postgres({ migrations: 'm' })], edge }) as Contract])).nodes.map(
      ({ kind }) => kind,
    );
  expect(kinds(false)).toEqual(['service', 'store']);
  expect(kinds(true)).toEqual(['service', 'outside', 'store']);
});

test('an empty graph is an empty picture', () => {
  expect(toMermaid(new Graph([]))).toBe('flowchart LR\n');
  expect(toDot(new Graph([]))).not.toContain('->');
});

import { readFileSync } from 'node:fs';
import { toDot } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { toSvg } from '../infra/cli/graph.ts';
import { graph } from '../stacks/shop.ts';

test('docs/graph.svg is the graph of the contracts: npm run graph -- --out docs/graph.svg', async () => {
  expect(await toSvg(toDot(graph))).toBe(readFileSync('docs/graph.svg', 'utf8'));
});

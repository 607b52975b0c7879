import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toDot } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { toSvg } from '../../infra/cli/graph.ts';
import { graph } from '../../stacks/shop.ts';

const FILE = join(import.meta.dirname, '../../docs/graph.svg');

test('docs/graph.svg is the graph of the contracts; if not, run `npm run golden` and commit it', async () => {
  const svg = await toSvg(toDot(graph));
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(FILE, svg);
  expect(readFileSync(FILE, 'utf8')).toBe(svg);
});

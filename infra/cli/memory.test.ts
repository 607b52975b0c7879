import { expect, test } from '@jest/globals';
import type { LiveObject } from '../deploy/index.ts';
import { memoryTable } from './memory.ts';

const pod = (name: string, system: string, limit: string, rest = {}): LiveObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { 'app.kubernetes.io/name': system } },
  spec: { containers: [{ resources: { limits: { memory: limit } } }], ...rest },
  status: { phase: 'Running' },
});
const uses = (name: string, ...memory: readonly string[]) => ({
  metadata: { name },
  containers: memory.map((one) => ({ usage: { memory: one } })),
});

test('pods of one system are one row, the largest first, with a sum of all', () => {
  const pods = [pod('a', 'users', '256Mi'), pod('b', 'kafka', '1Gi'), pod('c', 'users', '256Mi')];
  const [text = ''] = memoryTable([uses('a', '10Mi'), uses('b', '512000Ki', '12Mi'), uses('c', '20Mi')], pods);
  expect(
    text
      .split('\n')
      .slice(2)
      .map((line) => line.split(/ +/)),
  ).toEqual([
    ['kafka', '1', '512', '1024'],
    ['users', '2', '30', '512'],
    ['all', '3', '542', '1536'],
  ]);
});

test('a sidecar counts, a completed init container does not', () => {
  const initContainers = [
    { restartPolicy: 'Always', resources: { limits: { memory: '64Mi' } } },
    { resources: { limits: { memory: '512Mi' } } },
  ];
  const [text = ''] = memoryTable([uses('a', '1Mi')], [pod('a', 'postgres', '256Mi', { initContainers })]);
  expect(text).toMatch(/postgres\s+1\s+1\s+320/);
});

test('pods that do not run are left out, and without pods there is no table', () => {
  expect(memoryTable([], [{ ...pod('a', 'x', '1Mi'), status: { phase: 'Succeeded' } }])).toEqual([]);
});

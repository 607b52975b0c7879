import { expect, test } from '@jest/globals';
import { Connections } from './connections.ts';

test('an instance keeps its connections from call to call', async () => {
  const connections = new Connections('stock', undefined);
  expect(connections.to('http://10.0.0.1')).toBe(connections.to('http://10.0.0.1'));
  await connections.close();
});

test('beyond 64 instances, connections of the least recently used one are closed', async () => {
  const connections = new Connections('stock', undefined);
  const first = connections.to('http://10.0.0.1');
  const second = connections.to('http://10.0.0.2');
  connections.to('http://10.0.0.1');
  for (let n = 3; n <= 65; n += 1) connections.to(`http://10.0.0.${n}`);
  expect([first.closed, second.closed]).toEqual([false, true]);
  await connections.close();
  expect(first.closed).toBe(true);
});

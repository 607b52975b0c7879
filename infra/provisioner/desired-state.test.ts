import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consulDesiredState, kafkaDesiredState } from '@groundwork/contract/desired-state';
import { afterAll, expect, test } from '@jest/globals';
import { readDesiredState } from './desired-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'groundwork-desired-state-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (value: object): string => {
  const file = join(folder, 'state.json');
  writeFileSync(file, JSON.stringify(value));
  return file;
};

test('reads the output of a construct', async () => {
  const state = { brokers: ['kafka:9092'], topics: [], rights: [], quotas: {} };
  expect(await readDesiredState(kafkaDesiredState, fileWith(state))).toEqual(state);
});

test('rejects a file that does not match the schema, with the field and the fix', async () => {
  const topics = [{ name: 'order.placed', partitions: 0, replicas: 1, settings: {} }];
  const state = { brokers: ['kafka:9092'], topics, rights: [], quotas: {} };
  await expect(readDesiredState(kafkaDesiredState, fileWith(state))).rejects.toMatchObject({
    code: 'desired-state-invalid',
    problem: expect.stringContaining('/topics/0/partitions'),
    fix: expect.stringContaining('same version'),
  });
  await expect(readDesiredState(consulDesiredState, fileWith({}))).rejects.toMatchObject({
    name: 'ConfigurationError',
  });
});

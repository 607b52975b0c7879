import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { deployTimeSecret } from '@groundwork/constructs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kubectl, SecretsFile } from '../../deploy/index.ts';
import { FakeCommands } from '../../tools/testing/fake-commands.ts';
import { systemOf } from '../../tools/testing/system-of.ts';
import { secretsOf } from './list.ts';
import { rotationDates } from './rotation-dates.ts';

let commands: FakeCommands;
beforeEach(() => {
  commands = new FakeCommands();
});
afterEach(() => commands.end());

const manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData: { a: deployTimeSecret('a', 'password'), b: deployTimeSecret('b', 'password') },
};
const known = secretsOf(systemOf({ c: [manifest] }));
const wrote = (time: string, ...keys: string[]) => ({
  time,
  fieldsV1: { 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
});

/** Dates by name, from the cluster and the secrets file. */
async function ages(
  items: readonly object[],
  keep: (file: SecretsFile) => void = () => undefined,
): Promise<Record<string, string>> {
  commands.add('kubectl', `echo '${JSON.stringify({ items })}'`);
  const file = SecretsFile.of({ state: mkdtempSync(join(commands.folder, 'state-')) }, 'shop');
  keep(file);
  const found = await rotationDates(new Kubectl({ kubectl: [join(commands.folder, 'kubectl')] }), 'shop', known, file);
  return Object.fromEntries([...found].map(([name, date]) => [name, date.toISOString().slice(0, 10)]));
}

test('a value is as old as the last change by its field manager in the cluster', async () => {
  const managedFields = [
    wrote('2026-01-01T00:00:00Z', 'a', 'b'),
    wrote('2026-02-02T00:00:00Z', 'b'),
    { time: '2026-03-03T00:00:00Z' },
  ];
  expect(await ages([{ metadata: { name: 's', managedFields } }])).toEqual({ a: '2026-01-01', b: '2026-02-02' });
});

test('the secrets file takes precedence, and a missing value has no age', async () => {
  const today = new Date().toISOString().slice(0, 10);
  expect(
    await ages([{ metadata: { name: 'another', managedFields: [wrote('2026-01-01T00:00:00Z', 'a')] } }], (file) =>
      file.value('a', 'password'),
    ),
  ).toEqual({
    a: today,
  });
});

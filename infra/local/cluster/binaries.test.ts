import { appendFile, cp, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { binaryNames, locateBinaries, missingBinaries } from './binaries.ts';

let sources: string;
beforeEach(async () => {
  sources = temporaryFolder('sources');
  for (const folder of ['kube', 'cni-policy', 'tools', 'pause'])
    await cp(join(import.meta.dirname, folder), join(sources, folder), { recursive: true });
});

const changed = async (edit: () => Promise<unknown>): Promise<readonly string[]> => {
  const before = await locateBinaries(sources, '/cache');
  await edit();
  const after = await locateBinaries(sources, '/cache');
  return binaryNames.filter((name) => before[name] !== after[name]);
};

test('the folder of a binary is named after its content', async () => {
  const { kube } = await locateBinaries(sources, '/cache');
  expect(kube).toMatch(/^\/cache\/bin\/[0-9a-f]{12}\/kube$/);
  expect(basename(dirname(kube))).not.toBe(basename(dirname((await locateBinaries(sources, '/cache')).coredns)));
});

test('the same sources in another clone give the same binaries', async () => {
  expect(await locateBinaries(sources, '/cache')).toEqual(await locateBinaries(import.meta.dirname, '/cache'));
});

test('an edit rebuilds only the affected binaries', async () => {
  expect(await changed(() => appendFile(join(sources, 'kube/door.go'), '\n'))).toEqual(['kube']);
  expect(await changed(() => appendFile(join(sources, 'tools/coredns/main.go'), '\n'))).toEqual(['coredns']);
  expect(await changed(() => appendFile(join(sources, 'tools/go.mod'), '\n'))).toEqual([
    'coredns',
    'metrics-server',
    'local-path-provisioner',
  ]);
});

test('a new test beside the Go sources rebuilds nothing', async () => {
  expect(await changed(() => writeFile(join(sources, 'kube/door_test.go'), 'package main\n'))).toEqual([]);
});

test('all are missing in an empty cache', async () => {
  expect(missingBinaries(await locateBinaries(sources, join(sources, 'empty')))).toEqual(binaryNames);
});

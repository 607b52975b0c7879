import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { Archives } from './archives.ts';

const note = { reference: 'groundwork.local/users:1@sha256:aa', digest: 'sha256:aa' };
const write = async (file: string): Promise<typeof note> => {
  writeFileSync(file, 'archive');
  return note;
};

test('finds added archives by image and content', async () => {
  const archives = new Archives(temporaryFolder('archives'));
  const added = await archives.add('users', 'one', write);
  expect(await archives.find('users', 'one')).toEqual(added);
  expect(await archives.find('users', 'two')).toBeUndefined();
  expect(await archives.find('catalog', 'one')).toBeUndefined();
});

test('an incomplete archive is not found, and leaves no files', async () => {
  const folder = temporaryFolder('archives');
  const archives = new Archives(folder);
  const cut = archives.add('users', 'one', async (file) => {
    writeFileSync(file, 'half');
    throw new Error('killed');
  });
  await expect(cut).rejects.toThrow('killed');
  expect(await archives.find('users', 'one')).toBeUndefined();
  expect(readdirSync(join(folder, 'users'))).toEqual([]);
});

test('keeps the four most recently used archives of an image, and removes older ones', async () => {
  const archives = new Archives(temporaryFolder('archives'));
  const files: string[] = [];
  for (const tag of ['one', 'two', 'three', 'four']) {
    const { file } = await archives.add('users', tag, write);
    utimesSync(file, files.length, files.length);
    files.push(file);
  }
  await archives.find('users', 'one'); // used again
  await archives.add('users', 'five', write);
  expect(files.map((file) => existsSync(file))).toEqual([true, false, true, true]);
});

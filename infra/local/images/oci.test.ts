import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { writeImage } from './oci.ts';

let work: string;
beforeEach(() => {
  work = temporaryFolder('oci');
});

/** A small layer; the order of creation, times and modes must not matter. */
function layer(name: string, { names = ['a', 'b'], mode = 0o644, time = 1 } = {}): string {
  const folder = join(work, name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const file of names) {
    writeFileSync(join(folder, 'bin', file), `content of ${file}`);
    chmodSync(join(folder, 'bin', file), mode);
    utimesSync(join(folder, 'bin', file), time, time);
  }
  symlinkSync('a', join(folder, 'bin/link'));
  return folder;
}

const build = (name: string, folder: string): Promise<string> =>
  writeImage(join(work, `${name}.tar`), 'groundwork.local/x:1', [{ folder }], { User: '1000:1000', Cmd: ['a'] });
const member = (archive: string, path: string): string =>
  execFileSync('tar', ['-xOf', archive, path], { encoding: 'utf8' });

test('law: the same files give the same digest and archive, independent of order, times and umask', async () => {
  const one = await build('one', layer('first'));
  const two = await build('two', layer('second', { names: ['b', 'a'], mode: 0o600, time: 99 }));
  expect(two).toBe(one);
  expect(readFileSync(join(work, 'two.tar'))).toEqual(readFileSync(join(work, 'one.tar')));
});

test('different content gives a different digest', async () => {
  expect(await build('one', layer('first'))).not.toBe(await build('two', layer('second', { names: ['a', 'c'] })));
});

test('the archive names the image, and its manifest has the returned digest', async () => {
  const digest = await build('one', layer('first'));
  const { manifests } = JSON.parse(member(join(work, 'one.tar'), 'index.json')) as {
    manifests: { digest: string; annotations: Record<string, string> }[];
  };
  expect(manifests).toHaveLength(1);
  expect(manifests[0]?.digest).toBe(digest);
  expect(manifests[0]?.annotations['io.containerd.image.name']).toBe('groundwork.local/x:1');
  const manifest = JSON.parse(member(join(work, 'one.tar'), `blobs/sha256/${digest.slice(7)}`)) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  const config = JSON.parse(member(join(work, 'one.tar'), `blobs/sha256/${manifest.config.digest.slice(7)}`)) as {
    config: object;
    rootfs: { diff_ids: string[] };
  };
  expect(config.config).toEqual({ User: '1000:1000', Cmd: ['a'] });
  expect(config.rootfs.diff_ids).toEqual(manifest.layers.map((blob) => blob.digest));
});

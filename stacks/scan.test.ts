import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Archives } from '../infra/build/images/archives.ts';
import { judge } from '../infra/build/scan/exceptions.ts';
import { collectSubject } from '../infra/build/scan/subject.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { exceptions } from './scan-exceptions.ts';
import { images } from './shop.ts';

const root = join(import.meta.dirname, '..');
const folderOf = (name: string) => (name === 'provisioner' ? 'infra/provisioner' : `services/${name}`);

test("the shop's scan covers each of its Dockerfiles, and reports images that are not built", async () => {
  const { skipped, dockerfiles } = await collectSubject(
    {
      root,
      images: images.map((name) => ({ name, folder: folderOf(name) })),
      imagesLock: join(root, 'stacks/images.lock.json'),
      archives: new Archives(temporaryFolder('no-archives')),
    },
    temporaryFolder('scan'),
  );
  expect(skipped.map(({ what }) => what)).toEqual(images.map((name) => `image ${name}`));
  expect(dockerfiles.map((path) => path.split('/').at(-2))).toEqual([...images, 'kafka', 'postgres']);
  expect(dockerfiles.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("the shop's exceptions are valid", () => {
  expect(judge([], exceptions, new Date()).unused).toEqual(exceptions);
});

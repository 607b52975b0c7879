import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Archives } from '../infra/build/images/archives.ts';
import { judge } from '../infra/build/scan/exceptions.ts';
import { collectSubject } from '../infra/build/scan/subject.ts';
import { testLock } from '../test/support/released.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { exceptions } from './scan-exceptions.ts';
import { images } from './shop.ts';
import { ROOT } from './synth-images.ts';

test("the shop's scan covers each of its Dockerfiles, and reports images that are not built", async () => {
  const imagesLock = join(temporaryFolder('lock'), 'images.lock.json');
  writeFileSync(imagesLock, JSON.stringify(await testLock()));
  const { skipped, dockerfiles } = await collectSubject(
    { root: ROOT, images, imagesLock, archives: new Archives(temporaryFolder('no-archives')) },
    temporaryFolder('scan'),
  );
  expect(skipped.map(({ what }) => what)).toEqual(images.map(({ name }) => `image ${name}`));
  expect(dockerfiles.map((path) => path.split('/').at(-2))).toEqual([
    ...images.map(({ name }) => name),
    'cassandra',
    'kafka',
    'postgres',
  ]);
  expect(dockerfiles.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("the shop's exceptions are valid", () => {
  expect(judge([], exceptions, new Date()).unused).toEqual(exceptions);
});

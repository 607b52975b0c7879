import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, jest, test } from '@jest/globals';
import { runtime } from '@pulumi/pulumi';
import { OWN_REPOSITORY } from '../infra/build/images/index.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { type Environment, environments } from './environments/index.ts';
import { images } from './shop.ts';
import { stackImages } from './stack-images.ts';
import { synthImages } from './synth-images.ts';

const dev: Environment = environments.dev;
let root: string;
beforeEach(() => {
  root = temporaryFolder('stack-images');
});
const during = (step: 'preview' | 'up') =>
  runtime.setMocks(
    { newResource: () => ({ id: '', state: {} }), call: () => ({}) },
    'groundwork',
    'dev',
    step === 'preview',
  );

test.each(['preview', 'up'] as const)('%s uses the images that npm start loaded', async (step) => {
  await during(step);
  mkdirSync(join(root, '.groundwork'));
  const loaded = { services: [{ service: 'users', reference: 'registry.example/users:1', at: 'archive' }] };
  writeFileSync(join(root, '.groundwork/images.dev.json'), JSON.stringify(loaded));
  expect((await stackImages(dev, images, root)).images.service('users')).toBe('registry.example/users:1');
});

test('without them, an update is rejected before anything is registered', async () => {
  await during('up');
  await expect(stackImages(dev, images, root)).rejects.toMatchObject({ code: 'image-unavailable' });
});

test('without them, a preview uses the tags of this checkout', async () => {
  await during('preview');
  const warned = jest.spyOn(console, 'warn').mockReturnValue();
  const reference = (await stackImages(dev, images, root)).images.service('users');
  expect(reference).toMatch(new RegExp(`^${OWN_REPOSITORY}/users:[0-9a-f]{12}$`));
  expect(reference).toBe((await synthImages(dev, images)).service('users'));
  expect(warned).toHaveBeenCalledWith(expect.stringContaining('npm start'));
});

test('an environment of a release uses its digests', async () => {
  await during('up');
  // Only one image: a service that was not released yet has no digest.
  const users = images.filter(({ name }) => name === 'users');
  expect((await stackImages(environments.staging, users, root)).images.service('users')).toMatch(
    /@sha256:[0-9a-f]{64}$/,
  );
});

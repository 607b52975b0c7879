import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { catalog } from './catalog.ts';
import { DockerBuilder, dockerBuild } from './docker.ts';
import { imageReference } from './reference.ts';

const root = join(import.meta.dirname, '../../..');
const users = { name: 'users', folder: 'services/users' };
const path = process.env.PATH;
const quiet = { step: () => {}, say: () => {}, skipped: () => {} };
let folder: string;

/** Puts a fake docker first on PATH, which records its arguments and runs the given shell code. */
function docker(script: string): void {
  writeFileSync(
    join(folder, 'docker'),
    `#!/bin/sh\necho "$SOURCE_DATE_EPOCH $*" >> ${join(folder, 'calls')}\n${script}\n`,
    { mode: 0o755 },
  );
}
const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

beforeEach(() => {
  folder = temporaryFolder('docker');
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
});

test('builds from the pinned public base images, without timestamps and attestation, under the content tag', async () => {
  docker('[ "$1" = buildx ]');
  const [image] = await new DockerBuilder({ root }).build([users], quiet);
  const { name, tag } = await dockerBuild(root, users);
  expect(image).toEqual({ service: 'users', reference: name, tag, digest: undefined, at: 'daemon', fresh: true });
  const [, build] = calls();
  expect(build).toContain('0 buildx build');
  expect(build).toContain('--provenance=false');
  expect(build).toContain(`type=docker,name=groundwork.local/users:${tag},rewrite-timestamp=true`);
  expect(build).toContain(`--build-arg BASE=${imageReference(catalog['node-runtime'])}`);
});

test('an unchanged service is found in the daemon and not built', async () => {
  docker('exit 0');
  const [image] = await new DockerBuilder({ root }).build([users], quiet);
  expect(image?.fresh).toBe(false);
  expect(calls()).toHaveLength(1);
});

test('a mirror provides the base images, and changes no tag', async () => {
  const [plain, mirrored] = [await dockerBuild(root, users), await dockerBuild(root, users, 'mirror.example:5000')];
  expect(mirrored.args.BUILD_BASE).toBe(`mirror.example:5000/${imageReference(catalog.node)}`);
  expect(mirrored.tag).toBe(plain.tag);
});

test('a failed build is reported with the service, the step and docker’s output', async () => {
  docker('[ "$1" = buildx ] && { echo "#8 [packages 4/9] RUN npm ci"; echo "npm error E404" >&2; }; exit 1');
  await expect(new DockerBuilder({ root }).build([users], quiet)).rejects.toThrow(
    /image 'users' could not be built:\n.*\n? *npm error E404[\s\S]*step 'RUN npm ci'/,
  );
});

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

/** Answers of a docker with everything that a build needs, except that it has no image yet. */
const ABLE = `case "$*" in
  version*) echo 29.0.1 ;;
  "buildx version") echo "github.com/docker/buildx v0.24.0 d0e5e86" ;;
  "buildx inspect"*) printf 'Name: default\nDriver: docker\n\nBuildKit version: v0.25.1\n' ;;
  image*) exit 1 ;;
esac`;
/** The same with other answers before it. */
const answering = (cases: string) => docker(`case "$*" in\n${cases}\nesac\n${ABLE}`);
const building = () => new DockerBuilder({ root }).build([users], quiet);

test('builds from the pinned public base images, without timestamps and attestation, under the content tag', async () => {
  docker(ABLE);
  const [image] = await building();
  const { name, tag } = await dockerBuild(root, users);
  expect(image).toEqual({ service: 'users', reference: name, tag, digest: undefined, at: 'daemon', fresh: true });
  const build = calls().find((line) => line.includes('buildx build'));
  expect(build).toMatch(/^0 /);
  expect(build).toContain('--provenance=false');
  expect(build).toContain(`type=docker,name=groundwork.local/users:${tag},rewrite-timestamp=true`);
  expect(build).toContain(`--build-arg BASE=${imageReference(catalog['node-runtime'])}`);
});

test('an unchanged service is found in the daemon and not built', async () => {
  docker('exit 0');
  const [image] = await building();
  expect(image?.fresh).toBe(false);
  expect(calls()).toHaveLength(1);
});

test('a mirror provides the base images, and changes no tag', async () => {
  const [plain, mirrored] = [await dockerBuild(root, users), await dockerBuild(root, users, 'mirror.example:5000')];
  expect(mirrored.args.BUILD_BASE).toBe(`mirror.example:5000/${imageReference(catalog.node)}`);
  expect(mirrored.tag).toBe(plain.tag);
});

test('a failed build is reported with the service, the step and docker’s output', async () => {
  answering('"buildx build"*) echo "#8 [packages 4/9] RUN npm ci"; echo "npm error E404" >&2; exit 1 ;;');
  await expect(building()).rejects.toThrow(
    /image 'users' could not be built:\n.*\n? *npm error E404[\s\S]*step 'RUN npm ci'/,
  );
});

test.each([
  ['a daemon that does not respond', 'version*) echo "Cannot connect" >&2; exit 1 ;;', 'docker-unreachable', /Cannot/],
  [
    'a docker without buildx',
    `"buildx version") echo "docker: 'buildx' is not a docker command." >&2; exit 1 ;;`,
    'buildx-missing',
    /is not a docker command/,
  ],
  [
    'an old buildx',
    '"buildx version") echo "github.com/docker/buildx v0.9.1 ed00243" ;;',
    'docker-outdated',
    /0\.9\.1/,
  ],
  ['an old BuildKit', '"buildx inspect"*) echo "Buildkit: v0.12.5" ;;', 'docker-outdated', /BuildKit.*0\.12\.5/],
  ['an old daemon', '"buildx inspect"*) echo "Buildkit: 20.10.24" ;;', 'docker-outdated', /Engine.*20\.10\.24/],
  [
    'a builder that does not start',
    '"buildx inspect"*) echo "no such builder" >&2; exit 1 ;;',
    'docker-unreachable',
    /no such/,
  ],
])('reports %s before it builds', async (_, cases, code, message) => {
  answering(cases);
  await expect(building()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(calls().join('\n')).not.toContain('buildx build');
});

test('reports a missing docker', async () => {
  process.env.PATH = folder;
  await expect(building()).rejects.toMatchObject({ code: 'tool-missing' });
});

test.each([
  'github.com/docker/buildx v0.38.2 abc',
  'github.com/docker/buildx 0.10.4-1',
  'github.com/docker/buildx v0.0.0+unknown',
])('accepts %s', async (version) => {
  answering(`"buildx version") echo "${version}" ;;`);
  expect((await building())[0]?.fresh).toBe(true);
});

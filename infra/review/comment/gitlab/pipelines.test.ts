import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execa } from 'execa';

const ROOT = join(import.meta.dirname, '../../../..');
const PROGRAM = join(dirname(createRequire(import.meta.url).resolve('gitlab-ci-local/package.json')), 'dist/index.js');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundwork-gitlab-'));
  await cp(join(ROOT, 'examples/gitlab-ci.yml'), join(folder, '.gitlab-ci.yml'));
  await execa('git', ['init', '--quiet', '--initial-branch=main', folder]);
  const git = ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'commit.gpgsign=false'];
  await execa('git', [...git, 'add', '.']);
  await execa('git', [...git, 'commit', '--quiet', '--message', 'example']);
  await execa('git', [...git, 'remote', 'add', 'origin', 'git@gitlab.example:shop/shop.git']);
});
afterEach(() => rm(folder, { recursive: true }));

/** Jobs of a pipeline with this source, after the file is validated against GitLab's schema. */
async function jobsOf(source: string, ...variables: readonly string[]): Promise<readonly string[]> {
  const given = [`CI_PIPELINE_SOURCE=${source}`, ...variables].flatMap((variable) => ['--variable', variable]);
  const options = ['--list-json', ...given];
  const { stdout } = await execa(process.execPath, [PROGRAM, ...options], { cwd: folder, env: { NO_COLOR: '1' } });
  // It warns first that these variables are GitLab's own.
  return (JSON.parse(stdout.slice(stdout.search(/^\[/m))) as { name: string; when: string }[])
    .filter(({ when }) => when !== 'never')
    .map(({ name }) => name);
}

test('a merge request’s pipeline creates the preview and triggers a pipeline of main, which posts it', async () => {
  expect(await jobsOf('merge_request_event')).toEqual(['preview', 'hand-over']);
  expect(await jobsOf('pipeline', 'PREVIEW_PIPELINE=11')).toEqual(['note']);
}, 60_000);

test('the file is validated against GitLab’s schema', async () => {
  const file = join(folder, '.gitlab-ci.yml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('expire_in', 'expires_in'));
  await expect(jobsOf('merge_request_event')).rejects.toThrow(/expires_in/);
}, 60_000);

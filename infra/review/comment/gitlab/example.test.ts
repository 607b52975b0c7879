import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { catalog } from '../../../build/images/catalog.ts';
import { PREVIEW } from './post.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const text = readFileSync(join(ROOT, 'examples/gitlab-ci.yml'), 'utf8');

interface Job {
  readonly stage?: string;
  readonly rules?: readonly { readonly if: string; readonly when?: string }[];
  readonly script?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string };
  readonly trigger?: { readonly branch: string };
}

const file = parse(text) as Readonly<Record<string, Job>> & {
  readonly default: { readonly image: string };
  readonly stages: readonly string[];
};
const {
  preview,
  note,
  'hand-over': handOver,
} = file as unknown as Readonly<Record<'preview' | 'note' | 'hand-over', Job>>;
const OF_REQUESTS = '$CI_PIPELINE_SOURCE == "merge_request_event"';

test('the preview job uploads the file that is posted, under the expected job name', () => {
  expect(file).toHaveProperty(PREVIEW.job);
  expect(preview.artifacts?.paths).toContain(dirname(PREVIEW.file));
  expect(preview.script?.join('\n')).toContain(`--format gitlab --out ${dirname(PREVIEW.file)}`);
});

test('a failed preview is posted too', () => {
  expect(preview.artifacts?.when).toBe('always');
  expect(handOver.rules).toEqual([expect.objectContaining({ when: 'always' })]);
});

test('a job with the merge request’s code has no token, and a job with the token runs only the code of main', () => {
  for (const job of [preview, handOver]) expect(job.rules?.map((rule) => rule.if)).toEqual([OF_REQUESTS]);
  expect(note.rules?.every((rule) => !rule.if.includes('merge_request_event'))).toBe(true);
  expect(handOver.trigger?.branch).toBe('$CI_DEFAULT_BRANCH');
  expect(JSON.stringify([preview, handOver])).not.toContain('PREVIEW_TOKEN');
  expect(handOver.variables).toEqual({ PREVIEW_PIPELINE: '$CI_PIPELINE_ID' });
});

test('its commands and its image exist in this repository', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const commands = [...text.matchAll(/npm run --silent ([\w:]+)/g)].map(([, name]) => name as string);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(commands));
  for (const [, path] of text.matchAll(/node (\S+\.ts)/g))
    expect(() => readFileSync(join(ROOT, path as string))).not.toThrow();
  const { repository, version, digest } = catalog.node;
  expect(file.default.image).toBe(`${repository}:${version}@${digest}`);
});

test('every job is in an existing stage', () => {
  for (const job of [preview, note, handOver]) expect(file.stages).toContain(job.stage);
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { COMMENT_LIMIT, MARKER, makePreview, markdown } from '../../preview/index.ts';
import { Forge } from '../forge.ts';
import { sanitizeForGitLab } from '../sanitize.ts';
import { PREVIEW, post, previewPipeline } from './post.ts';
import { FakeGitLab } from './testing/fake-gitlab.ts';

const pipeline = { id: 11, project: 5 };
const preview = (line: string, time = '2026-11-23 08:00 UTC') =>
  `${MARKER}\n### ${line}\n\n<sub>main → orders, ${time}</sub>\n`;

let gitlab: FakeGitLab;
let url: string;
let client: Forge;
beforeEach(async () => {
  gitlab = new FakeGitLab();
  url = await gitlab.start();
  client = new Forge({ url, token: 'token', headers: { accept: 'application/json' } });
});
afterEach(() => gitlab.end());

const writes = () => gitlab.asked.filter((asked) => !asked.startsWith('GET'));
const bot = { system: false, author: { username: 'project_5_bot' } };

describe('one note', () => {
  test('is created if there is none', async () => {
    gitlab.leave(PREVIEW.file, preview('2 objects change'));
    expect(await post(client, pipeline)).toEqual({ did: 'created', mergeRequest: 7 });
    expect(gitlab.notes.map(({ body }) => body)).toEqual([preview('2 objects change')]);
  });

  test('is updated in place, after a hundred other notes', async () => {
    for (let id = 1; id <= 130; id++)
      gitlab.notes.push({ id, body: 'looks good', system: false, author: { username: 'ana' } });
    gitlab.notes.push({ id: 131, body: preview('2 objects change'), ...bot });
    gitlab.leave(PREVIEW.file, preview('3 objects change'));
    expect(await post(client, pipeline)).toEqual({ did: 'updated', mergeRequest: 7 });
    expect(writes()).toEqual(['PUT /projects/5/merge_requests/7/notes/131']);
    expect(gitlab.notes[130]?.body).toContain('3 objects change');
  });

  test('is left unchanged if only commit and time differ', async () => {
    gitlab.notes.push({ id: 1, body: preview('2 objects change'), ...bot });
    gitlab.leave(PREVIEW.file, preview('2 objects change', '2026-11-23 09:00 UTC'));
    expect(await post(client, pipeline)).toEqual({ did: 'left', mergeRequest: 7 });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['another author', { body: preview('all is well'), system: false, author: { username: 'mallory' } }],
    ['a deleted account', { body: preview('all is well'), system: false, author: null }],
    ['GitLab itself', { body: preview('all is well'), system: true, author: { username: 'project_5_bot' } }],
  ])('never updates a comment with the marker by %s', async (_, forged) => {
    gitlab.notes.push({ id: 1, ...forged });
    gitlab.leave(PREVIEW.file, preview('2 objects change'));
    expect(await post(client, pipeline)).toEqual({ did: 'created', mergeRequest: 7 });
    expect(gitlab.notes[0]?.body).toBe(forged.body);
  });
});

describe('the merge request is the open one with this latest pipeline, so nothing is posted', () => {
  test.each<[string, () => void]>([
    ['when it was for a branch', () => Object.assign(gitlab, { ref: 'main' })],
    [
      'when a branch has a name that only looks like a merge request’s',
      () => Object.assign(gitlab, { ref: 'x/refs/merge-requests/7/head' }),
    ],
    ['when a later pipeline runs', () => Object.assign(gitlab.request, { head_pipeline: { id: 12 } })],
    ['when it is merged', () => Object.assign(gitlab.request, { state: 'merged' })],
  ])('%s', async (_, change) => {
    gitlab.leave(PREVIEW.file, preview('2 objects change'));
    change();
    expect(await post(client, pipeline)).toMatchObject({ did: 'nothing' });
    expect(writes()).toEqual([]);
  });
});

test.each([
  ['the job left nothing', [{ id: 21, name: 'preview', artifacts_file: null }]],
  ['only another job left the file', [{ id: 21, name: 'other', artifacts_file: { filename: 'a.zip' } }]],
])('when %s, the note on an earlier commit is replaced', async (_, jobs) => {
  gitlab.notes.push({ id: 1, body: preview('Nothing changes'), ...bot });
  gitlab.leave(PREVIEW.file, preview('2 objects change'));
  gitlab.jobs = jobs;
  expect(await post(client, pipeline)).toEqual({ did: 'updated', mergeRequest: 7 });
  expect(gitlab.notes.map(({ body }) => body.split('\n')[1])).toEqual([
    '### This commit has no preview: what it changes is unknown',
  ]);
});

test('the preview of a failed job is posted, since it says what could not be compared', async () => {
  gitlab.leave(PREVIEW.file, preview('Nothing can be compared'));
  gitlab.jobs = gitlab.jobs.map((job) => ({ ...job, status: 'failed' }));
  await post(client, pipeline);
  expect(gitlab.notes[0]?.body).toContain('Nothing can be compared');
});

test.each([
  ['without the marker', 'Looks good to me', /must begin with/],
  ['that is longer than a comment', `${MARKER}\n${'x'.repeat(COMMENT_LIMIT)}`, /at most 65536 bytes/],
])('a file %s is rejected, and nothing of it posted', async (_, text, says) => {
  gitlab.leave(PREVIEW.file, text);
  await expect(post(client, pipeline)).rejects.toThrow(says);
  expect(gitlab.notes.map(({ body }) => body)).toEqual([expect.stringContaining('no preview')]);
});

test('an invalid token is a ConfigurationError that names its purpose and not its value', async () => {
  const said = await post(new Forge({ url, token: 'wrong', headers: { accept: 'application/json' } }), pipeline).catch(
    (error: Error) => error.message,
  );
  expect(said).toMatch(/the forge responded with status 401[\s\S]*fix: check that the token/);
  expect(said).not.toContain('wrong');
});

test.each([
  ['pipeline number', { CI_PROJECT_ID: '5', PREVIEW_PIPELINE: '../../projects/6' }, /PREVIEW_PIPELINE/],
  ['project number', { PREVIEW_PIPELINE: '11' }, /CI_PROJECT_ID/],
])('an invalid %s is rejected before any request', (_, env, says) => {
  expect(() => previewPipeline(env)).toThrow(says);
  expect(previewPipeline({ CI_PROJECT_ID: '5', PREVIEW_PIPELINE: '11' })).toEqual(pipeline);
});

const sanitized = (body: string) => sanitizeForGitLab(`${MARKER}\n${body}`).slice(MARKER.length + 1);
test.each([
  ['mentions no user', 'ask @ana or @shop/admins', 'ask <span>&#64;</span>ana or <span>&#64;</span>shop/admins'],
  ['runs no quick action', '/merge\n  /approve\nsee a/b', '<span>/</span>merge\n  <span>/</span>approve\nsee a/b'],
  ['refers to nothing', 'see #1, !2 and $3', 'see <span>&#35;</span>1, <span>&#33;</span>2 and <span>&#36;</span>3'],
  ['shows no picture', '![x](https://evil.example/p.png)', '![x\\](https:<span>//</span>evil.example/p.png)'],
  ['has no HTML', '<img src=x><span onclick=y>', '&lt;img src=x>&lt;span onclick=y>'],
  ['hides nothing', 'a <!-- hidden --> b', 'a &lt;!-- hidden --> b'],
])('a note %s', (_, wild, calm) => {
  expect(sanitized(wild)).toBe(calm);
});

test('law: the preview rendered for GitLab needs no sanitizing, for any names', () => {
  const name = '@everyone #1 !2 ![x](https://e.example) <img> </details> `|` ftp://e.example /merge';
  const object = (replicas: number) => ({
    manifest: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas } },
  });
  const version = (label: string, replicas: number) => ({ version: label, environments: { dev: [object(replicas)] } });
  const text = markdown(
    makePreview({ base: version('main', 1), head: version('orders', 2), time: new Date(0) } as never),
    { forge: 'gitlab' },
  );
  expect(text).toContain('everyone');
  expect(sanitizeForGitLab(text)).toBe(text);
});

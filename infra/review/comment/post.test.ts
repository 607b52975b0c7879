import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { COMMENT_LIMIT, MARKER } from '../preview/render/markdown.ts';
import { Forge } from './forge.ts';
import { post } from './post.ts';
import type { PreviewRun } from './run.ts';
import { FakeForge } from './testing/fake-forge.ts';

const SHA = 'a'.repeat(40);
const run: PreviewRun = {
  id: 11,
  sha: SHA,
  branch: 'orders',
  from: 'shop/shop',
  repository: 'shop/shop',
  defaultBranch: 'main',
};
const own = { number: 7, base: 'main', label: 'shop:orders', head: { sha: SHA, repo: { full_name: 'shop/shop' } } };
const preview = (line: string, time = '2026-11-23 08:00 UTC') =>
  `${MARKER}\n### ${line}\n\n<sub>main → orders, ${time}</sub>\n`;

let forge: FakeForge;
let url: string;
let client: Forge;
beforeEach(async () => {
  forge = new FakeForge();
  url = await forge.start();
  client = new Forge({ url, token: 'token' });
  forge.pullRequests.push(own);
});
afterEach(() => forge.end());

const writes = () => forge.asked.filter((asked) => !asked.startsWith('GET'));

describe('one comment', () => {
  test('is created if there is none', async () => {
    forge.upload('preview-comment', { 'preview.md': preview('2 objects change') });
    expect(await post(client, run)).toEqual({ did: 'created', pullRequest: 7 });
    expect(forge.comments.map(({ body }) => body)).toEqual([preview('2 objects change')]);
    expect(writes()).toEqual(['POST /repos/shop/shop/issues/7/comments']);
  });

  test('is updated in place, after a hundred other comments', async () => {
    for (let id = 1; id <= 130; id++) forge.comments.push({ id, body: 'looks good', user: { login: 'ana' } });
    forge.comments.push({ id: 131, body: preview('2 objects change'), user: { login: 'github-actions[bot]' } });
    forge.upload('preview-comment', { 'preview.md': preview('3 objects change') });
    expect(await post(client, run)).toEqual({ did: 'updated', pullRequest: 7 });
    expect(writes()).toEqual(['PATCH /repos/shop/shop/issues/comments/131']);
    expect(forge.comments[130]?.body).toContain('3 objects change');
  });

  test('is left unchanged if only commit and time differ, with any line ends', async () => {
    const before = preview('2 objects change').replaceAll('\n', '\r\n');
    forge.comments.push({ id: 1, body: before, user: { login: 'github-actions[bot]' } });
    forge.upload('preview-comment', { 'preview.md': preview('2 objects change', '2026-11-23 09:00 UTC') });
    expect(await post(client, run)).toEqual({ did: 'left', pullRequest: 7 });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['another author', { body: preview('all is well'), user: { login: 'mallory' } }],
    ['a deleted account', { body: preview('all is well'), user: null }],
    [
      'the same robot for another purpose',
      { body: `Coverage rose.\n${MARKER}\n`, user: { login: 'github-actions[bot]' } },
    ],
  ])('never updates a comment with the marker by %s', async (_, forged) => {
    forge.comments.push({ id: 1, ...forged });
    forge.upload('preview-comment', { 'preview.md': preview('2 objects change') });
    expect(await post(client, run)).toEqual({ did: 'created', pullRequest: 7 });
    expect(forge.comments[0]?.body).toBe(forged.body);
  });

  test('of a fork names the fork, and stays within the limit', async () => {
    forge.pullRequests.push({
      number: 8,
      base: 'main',
      label: 'mallory:orders',
      head: { sha: SHA, repo: { full_name: 'mallory/shop' } },
    });
    forge.upload('preview-comment', { 'preview.md': preview('😀'.repeat(16_000)) });
    expect(await post(client, { ...run, from: 'mallory/shop' })).toEqual({ did: 'created', pullRequest: 8 });
    const body = forge.comments[0]?.body ?? '';
    expect(body.split('\n')[1]).toBe(
      '> Rendered by the code of `mallory/shop` at `aaaaaaaaa`, which is untrusted: verify it in the diff.',
    );
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(COMMENT_LIMIT);
  });
});

describe('the pull request is the one whose head is the commit of the run, so nothing is posted', () => {
  test.each<[string, { [field in keyof PreviewRun]?: PreviewRun[field] | undefined }]>([
    ['if it has a newer head', { sha: 'b'.repeat(40) }],
    ['if another repository has a branch with this name', { from: 'shop/other' }],
    ['if the fork is deleted', { from: undefined }],
    ['if it is for another branch', { defaultBranch: 'release' }],
  ])('%s', async (_, other) => {
    forge.upload('preview-comment', { 'preview.md': preview('2 objects change') });
    expect(await post(client, { ...run, ...other } as PreviewRun)).toMatchObject({ did: 'nothing' });
    expect(writes()).toEqual([]);
  });
});

describe('without a preview, the comment on an earlier commit is replaced', () => {
  const said = () => forge.comments.map(({ body }) => body.split('\n')[1]);
  const unknown = '### This commit has no preview: what it changes is unknown';
  beforeEach(() => {
    forge.comments.push({ id: 1, body: preview('Nothing changes'), user: { login: 'github-actions[bot]' } });
  });

  test('if the run uploaded none', async () => {
    forge.upload('preview', { 'preview.html': '<!doctype html>' });
    expect(await post(client, run)).toEqual({ did: 'updated', pullRequest: 7 });
    expect(said()).toEqual([unknown]);
    expect(await post(client, run)).toEqual({ did: 'left', pullRequest: 7 });
  });

  test('if its artifact is invalid, and the job fails', async () => {
    forge.upload('preview-comment', { 'preview.md': 'Looks good to me' });
    await expect(post(client, run)).rejects.toThrow(/must begin with/);
    expect(said()).toEqual([unknown]);
  });
});

test('links to files of the repository are kept', async () => {
  const link = `[<code>a.ts:1</code>](https://forge.example/shop/shop/blob/${SHA}/a.ts#L1)`;
  forge.upload('preview-comment', { 'preview.md': preview(link) });
  await post(client, run, { server: 'https://forge.example' });
  expect(forge.comments[0]?.body).toBe(preview(link));
});

describe('an artifact is rejected, and nothing of it posted,', () => {
  const big = `${MARKER}\n${'x'.repeat(COMMENT_LIMIT)}`;
  test.each<[string, RegExp, Record<string, string>, number | undefined]>([
    ['whose declared size is too large', /got 5000000/, { 'preview.md': preview('x') }, 5_000_000],
    ['that unpacks to more than the limit', /at most 65536 bytes/, { 'preview.md': big }, undefined],
    ['with another file', /pr-number\.txt/, { 'pr-number.txt': '1' }, undefined],
    ['with an additional file', /bashrc/, { 'preview.md': preview('x'), '../../.bashrc': 'curl' }, undefined],
    ['with a path outside its folder', /must contain only preview\.md/, { '../preview.md': preview('x') }, undefined],
    ['without the marker', /must begin with/, { 'preview.md': 'Looks good to me' }, undefined],
  ])('%s', async (_, says, files, size) => {
    forge.upload('preview-comment', files, size);
    await expect(post(client, run)).rejects.toThrow(says);
    expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining('no preview')]);
  });

  test('that is longer than its declared size', async () => {
    forge.artifacts.push({ name: 'preview-comment', size: 10, zip: new Uint8Array(200_000) });
    await expect(post(client, run)).rejects.toThrow(/at most \d+ bytes/);
    expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining('no preview')]);
  });

  test('that is not a zip, or whose directory declares a wrong length', async () => {
    forge.artifacts.push({ name: 'preview-comment', size: 10, zip: new TextEncoder().encode('no zip at all') });
    await expect(post(client, run)).rejects.toThrow(/it must be a zip file/);
    forge.artifacts.length = 0;
    forge.upload('preview-comment', { 'preview.md': big });
    const { zip } = forge.artifacts[0] as { zip: Uint8Array };
    new DataView(zip.buffer, zip.byteOffset).setUint32(zip.length - 22 - 'preview.md'.length - 46 + 24, 100, true); // length in the central directory
    await post(client, run).catch(() => undefined);
    expect(forge.comments.every(({ body }) => Buffer.byteLength(body) <= COMMENT_LIMIT)).toBe(true);
  });
});

test('a rejected request is reported with the forge’s message', async () => {
  const unauthorized = new Forge({ url, token: 'wrong' });
  await expect(post(unauthorized, run)).rejects.toThrow(/status 401: .*Bad credentials/);
});

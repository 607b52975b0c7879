import { MARKER } from '../preview/render/markdown.ts';
import { artifactText } from './artifact.ts';
import type { Forge } from './forge.ts';
import { type Did, keepPreview, type Place, truncate } from './one-comment.ts';
import type { PreviewRun } from './run.ts';
import { sanitizeForGitHub } from './sanitize.ts';

/** What was done, and on which request. */
export type Posted =
  | { readonly did: Did; readonly pullRequest: number }
  | { readonly did: 'nothing'; readonly reason: string };

export interface PostOptions {
  /** Login of the token's account: only its comment is updated. @default 'github-actions[bot]' */
  readonly author?: string;
  /** Address of the forge, such as `https://github.com`: links to files of the repository are kept. @default none is kept */
  readonly server?: string;
}

interface PullRequest {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string } | null;
}

/**
 * Posts the preview of a run on its pull request as one comment, updated in place; without a valid preview, the comment
 * says so. The pull request is not read from the artifact: it is the open one whose head, as the forge reports it, is
 * the commit of the run.
 * @throws ConfigurationError if the artifact is invalid, after the comment says that there is no preview
 */
export async function post(
  forge: Forge,
  run: PreviewRun,
  { author = 'github-actions[bot]', server }: PostOptions = {},
): Promise<Posted> {
  const pullRequest = await pullRequestOf(forge, run);
  if (pullRequest === undefined)
    return {
      did: 'nothing',
      reason: `no open pull request has ${run.sha} as its head; a later commit has its own run`,
    };
  const issues = `/repos/${run.repository}/issues`;
  const place: Place<Comment> = {
    list: `${issues}/${pullRequest}/comments`,
    one: (id) => `${issues}/comments/${id}`,
    method: 'PATCH',
    isByUs: ({ user }) => user?.login === author,
  };
  const files = server === undefined ? undefined : `${server}/${run.repository}/blob`;
  const did = await keepPreview(forge, place, run.sha, async () => {
    const text = await artifactText(forge, run);
    return text === undefined ? undefined : withOrigin(sanitizeForGitHub(text, files), run);
  });
  return { did, pullRequest };
}

async function pullRequestOf(
  forge: Forge,
  { repository, defaultBranch, from, branch, sha }: PreviewRun,
): Promise<number | undefined> {
  if (from === undefined) return undefined;
  const [owner = ''] = from.split('/');
  const query = new URLSearchParams({ state: 'open', base: defaultBranch, head: `${owner}:${branch}` });
  const open = await forge.all<PullRequest>(`/repos/${repository}/pulls?${query}`);
  return open.find(({ head }) => head.sha === sha && head.repo?.full_name === from)?.number;
}

/** Prepends a note to text that a fork's code rendered. */
function withOrigin(text: string, { from, repository, sha }: PreviewRun): string {
  if (from === repository) return truncate(text);
  const note = `> Rendered by the code of \`${from}\` at \`${sha.slice(0, 9)}\`, which is untrusted: verify it in the diff.`;
  return truncate(text.replace(`${MARKER}\n`, () => `${MARKER}\n${note}\n\n`));
}

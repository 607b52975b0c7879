import { ConfigurationError } from '@groundwork/contract';
import { COMMENT_LIMIT, MARKER } from '../../preview/render/markdown.ts';
import type { Forge } from '../forge.ts';
import { type Did, keepOneComment, type Place, truncate } from '../one-comment.ts';
import { sanitizeForGitLab } from '../sanitize.ts';

/** Name of the job that makes the preview, and where it leaves the comment. */
export const PREVIEW = { job: 'preview', file: 'dist/preview/preview.md' } as const;

/** The pipeline that made a preview, as the job on the default branch gets it. The number comes from the merge request's pipeline, so GitLab is asked what it is. */
export interface PreviewPipeline {
  readonly id: number;
  /** Number of the project that the merge request is for. */
  readonly project: number;
}

/** What was done, and where. */
export type Noted =
  | { readonly did: Did; readonly mergeRequest: number }
  | { readonly did: 'nothing'; readonly reason: string };

interface Pipeline {
  readonly ref: string;
  readonly sha: string;
}

interface MergeRequest {
  readonly iid: number;
  readonly state: string;
  readonly head_pipeline: { readonly id: number } | null;
}

interface Job {
  readonly id: number;
  readonly name: string;
  readonly artifacts_file?: { readonly filename: string } | null;
}

interface Note {
  readonly id: number;
  readonly body: string;
  readonly system: boolean;
  readonly author: { readonly username: string } | null;
}

/** Such as `refs/merge-requests/7/head`: what a merge request's pipeline runs on, and nobody can name a branch so. */
const REQUEST = /^refs\/merge-requests\/(\d+)\/(?:head|merge)$/;

/**
 * Puts the preview of a pipeline onto its merge request: one note, updated in place. Which merge request is not taken from
 * what the pipeline wrote: it is the open one whose latest pipeline GitLab says this is.
 * @throws ConfigurationError if what the pipeline left is not what a preview writes
 */
export async function post(forge: Forge, { id, project }: PreviewPipeline): Promise<Noted> {
  const at = `/projects/${project}`;
  const { ref } = await forge.ask<Pipeline>('GET', `${at}/pipelines/${id}`);
  const [, iid] = REQUEST.exec(ref) ?? [];
  if (iid === undefined) return { did: 'nothing', reason: `pipeline ${id} ran for no merge request` };
  const request = await forge.ask<MergeRequest>('GET', `${at}/merge_requests/${iid}`);
  if (request.state !== 'opened') return { did: 'nothing', reason: `merge request ${iid} is ${request.state}` };
  if (request.head_pipeline?.id !== id)
    return {
      did: 'nothing',
      reason: `merge request ${iid} has a later pipeline, which leaves a preview of its own`,
    };

  const text = await previewText(forge, at, id);
  if (text === undefined) return { did: 'nothing', reason: `pipeline ${id} left no preview` };
  const body = truncate(sanitizeForGitLab(text));
  const { username } = await forge.ask<{ username: string }>('GET', '/user');
  const list = `${at}/merge_requests/${iid}/notes`;
  const place: Place<Note> = {
    list,
    query: '?sort=asc',
    one: (note) => `${list}/${note}`,
    method: 'PUT',
    isByUs: ({ system, author }) => !system && author?.username === username,
  };
  return { did: await keepOneComment(forge, place, body), mergeRequest: Number(iid) };
}

/** The one file, as bytes: nothing is unpacked here. The merge request's code wrote it, so it may be anything. */
async function previewText(forge: Forge, at: string, pipeline: number): Promise<string | undefined> {
  const jobs = await forge.all<Job>(`${at}/pipelines/${pipeline}/jobs?scope%5B%5D=success`);
  const job = jobs.find(({ name, artifacts_file: file }) => name === PREVIEW.job && file != null);
  if (job === undefined) return undefined;
  const text = new TextDecoder().decode(
    await forge.download(`${at}/jobs/${job.id}/artifacts/${PREVIEW.file}`, COMMENT_LIMIT),
  );
  if (text.startsWith(`${MARKER}\n`)) return text;
  throw new ConfigurationError({
    code: 'artifact-invalid',
    where: `job '${PREVIEW.job}'`,
    problem: `${PREVIEW.file} does not begin with ${MARKER}`,
    fix: 'nothing is posted; look at what the merge request changed about its own preview',
  });
}

/** What the job has in its environment. @throws ConfigurationError if something is missing or has another form */
export function previewPipeline({ CI_PROJECT_ID, PREVIEW_PIPELINE }: NodeJS.ProcessEnv): PreviewPipeline {
  return { id: number(PREVIEW_PIPELINE, 'PREVIEW_PIPELINE'), project: number(CI_PROJECT_ID, 'CI_PROJECT_ID') };
}

function number(value: string | undefined, where: string): number {
  if (/^[1-9]\d{0,15}$/.test(value ?? '')) return Number(value);
  throw new ConfigurationError({
    code: 'variable-invalid',
    where: `environment › ${where}`,
    problem: `it is ${JSON.stringify(value) ?? 'missing'}`,
    fix: 'run this in the job that examples/gitlab-ci.yml has for it',
  });
}

import { ConfigurationError } from '@groundwork/contract';
import { filesOnForge } from '../../preview/render/link.ts';
import { COMMENT_LIMIT, MARKER } from '../../preview/render/markdown.ts';
import type { Forge } from '../forge.ts';
import { type Did, keepPreview, type Place, truncate } from '../one-comment.ts';
import { sanitizeForGitLab } from '../sanitize.ts';

/** Name of the preview job, and the path of the comment in its artifacts. */
export const PREVIEW = { job: 'preview', file: 'dist/preview/preview.md' } as const;

/** The pipeline of a preview. Its number comes from the merge request's pipeline, so it is verified with GitLab. */
export interface PreviewPipeline {
  readonly id: number;
  /** Number of the merge request's target project. */
  readonly project: number;
  /** Address of the project's files: links to them are kept. @default none is kept */
  readonly files?: string;
}

/** What was done, and on which request. */
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

/** Ref of a merge request's pipeline, such as `refs/merge-requests/7/head`; a branch can't have this name. */
const REQUEST = /^refs\/merge-requests\/(\d+)\/(?:head|merge)$/;

/**
 * Posts the preview of a pipeline on its merge request as one note, updated in place; without a valid preview, the note
 * says so. The merge request is not read
 * from the artifact: it is the open one whose latest pipeline, as GitLab reports it, is this one.
 * @throws ConfigurationError if the artifact is invalid
 */
export async function post(forge: Forge, { id, project, files }: PreviewPipeline): Promise<Noted> {
  const at = `/projects/${project}`;
  const { ref, sha } = await forge.ask<Pipeline>('GET', `${at}/pipelines/${id}`);
  const [, iid] = REQUEST.exec(ref) ?? [];
  if (iid === undefined) return { did: 'nothing', reason: `pipeline ${id} did not run for a merge request` };
  const request = await forge.ask<MergeRequest>('GET', `${at}/merge_requests/${iid}`);
  if (request.state !== 'opened') return { did: 'nothing', reason: `merge request ${iid} is ${request.state}` };
  if (request.head_pipeline?.id !== id)
    return {
      did: 'nothing',
      reason: `merge request ${iid} has a later pipeline with its own preview`,
    };

  const { username } = await forge.ask<{ username: string }>('GET', '/user');
  const list = `${at}/merge_requests/${iid}/notes`;
  const place: Place<Note> = {
    list,
    query: '?sort=asc',
    one: (note) => `${list}/${note}`,
    method: 'PUT',
    isByUs: ({ system, author }) => !system && author?.username === username,
  };
  const did = await keepPreview(forge, place, sha, async () => {
    const text = await previewText(forge, at, id);
    return text === undefined ? undefined : truncate(sanitizeForGitLab(text, files));
  });
  return { did, mergeRequest: Number(iid) };
}

/** Downloads the file without unpacking. The merge request's code wrote it, so it is untrusted. */
async function previewText(forge: Forge, at: string, pipeline: number): Promise<string | undefined> {
  const jobs = await forge.all<Job>(`${at}/pipelines/${pipeline}/jobs?scope%5B%5D=success&scope%5B%5D=failed`);
  const job = jobs.find(({ name, artifacts_file: file }) => name === PREVIEW.job && file != null);
  if (job === undefined) return undefined;
  const text = new TextDecoder().decode(
    await forge.download(`${at}/jobs/${job.id}/artifacts/${PREVIEW.file}`, COMMENT_LIMIT),
  );
  if (text.startsWith(`${MARKER}\n`)) return text;
  throw new ConfigurationError({
    code: 'artifact-invalid',
    where: `job '${PREVIEW.job}'`,
    problem: `${PREVIEW.file} must begin with ${MARKER}`,
    fix: 'review what the merge request changes in its own preview; nothing was posted',
  });
}

/** Reads the environment of the job. @throws ConfigurationError if a variable is missing or invalid */
export function previewPipeline(env: NodeJS.ProcessEnv): PreviewPipeline {
  const files = filesOnForge({ CI_PROJECT_URL: env.CI_PROJECT_URL });
  return {
    id: number(env.PREVIEW_PIPELINE, 'PREVIEW_PIPELINE'),
    project: number(env.CI_PROJECT_ID, 'CI_PROJECT_ID'),
    ...(files !== undefined && { files }),
  };
}

function number(value: string | undefined, where: string): number {
  if (/^[1-9]\d{0,15}$/.test(value ?? '')) return Number(value);
  throw new ConfigurationError({
    code: 'variable-invalid',
    where: `environment › ${where}`,
    problem: `invalid value: ${JSON.stringify(value) ?? 'none'}`,
    fix: 'run this in the job `comment` of examples/gitlab-ci.yml',
  });
}

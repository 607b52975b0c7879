import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, Loopback, page } from '../../testing/loopback.ts';

export interface FakeNote {
  readonly id: number;
  body: string;
  readonly system: boolean;
  readonly author: { readonly username: string } | null;
}

/**
 * GitLab on loopback with the part of its REST API that posting a note needs; project 5, merge request 7, pipeline 11.
 */
export class FakeGitLab extends Loopback {
  public readonly notes: FakeNote[] = [];
  public ref = 'refs/merge-requests/7/head';
  public readonly request = { iid: 7, state: 'opened', head_pipeline: { id: 11 } as { id: number } | null };
  public jobs: { id: number; name: string; artifacts_file: { filename: string } | null; status?: string }[] = [];
  /** Files of the job, by path in its artifact. */
  public readonly files: Record<string, string> = {};

  /** Adds a file to the artifact of the preview job. */
  public leave(path: string, text: string, job = 'preview'): void {
    if (!this.jobs.some(({ name }) => name === job))
      this.jobs.push({ id: 21, name: job, artifacts_file: { filename: 'artifacts.zip' } });
    this.files[path] = text;
  }

  protected async answer(request: IncomingMessage, url: URL, text: string, response: ServerResponse): Promise<void> {
    const { pathname } = url;
    const reply = (status: number, value: unknown): void => json(response, status, value);
    if (request.headers.authorization !== 'Bearer token') return reply(401, { message: '401 Unauthorized' });
    if (request.headers.accept !== 'application/json')
      return reply(406, { error: 'The requested format is not supported' });
    // Without this header GitLab parses the body as an empty form.
    const sent =
      request.headers['content-type'] === 'application/json' ? (JSON.parse(text) as { body: string }) : undefined;

    const paged = <T>(all: readonly T[]): readonly T[] => page(all, url, 20);
    const path = pathname.replace('/projects/5/', '');
    const file = /^jobs\/21\/artifacts\/(.+)$/.exec(path)?.[1];
    const edited = /^merge_requests\/7\/notes\/(\d+)$/.exec(path)?.[1];
    if (path === '/user') return reply(200, { username: 'project_5_bot' });
    if (path === 'pipelines/11') return reply(200, { id: 11, ref: this.ref, sha: 'a'.repeat(40) });
    if (path === 'merge_requests/7') return reply(200, this.request);
    if (path === 'pipelines/11/jobs')
      return reply(
        200,
        paged(this.jobs.filter(({ status = 'success' }) => url.searchParams.getAll('scope[]').includes(status))),
      );
    if (file !== undefined && file in this.files) return void response.writeHead(200).end(this.files[file]);
    if (path === 'merge_requests/7/notes' && request.method === 'GET') return reply(200, paged(this.notes));
    if (sent?.body === undefined) return reply(request.method === 'GET' ? 404 : 400, { error: 'body is missing' });
    if (path === 'merge_requests/7/notes') {
      this.notes.push({
        id: this.notes.length + 1,
        body: sent.body,
        system: false,
        author: { username: 'project_5_bot' },
      });
      return reply(201, this.notes.at(-1));
    }
    const note = this.notes.find(({ id }) => id === Number(edited));
    if (note === undefined || request.method !== 'PUT') return reply(404, { message: '404 Not found' });
    note.body = sent.body;
    return reply(200, note);
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeNote {
  readonly id: number;
  body: string;
  readonly system: boolean;
  readonly author: { readonly username: string } | null;
}

/** A GitLab on loopback, with as much of its REST API as posting a note needs; project 5, merge request 7, pipeline 11. */
export class FakeGitLab {
  /** What was asked of it, such as `POST /projects/5/merge_requests/7/notes`. */
  public readonly asked: string[] = [];
  public readonly notes: FakeNote[] = [];
  public ref = 'refs/merge-requests/7/head';
  public readonly request = { iid: 7, state: 'opened', head_pipeline: { id: 11 } as { id: number } | null };
  public jobs: { id: number; name: string; artifacts_file: { filename: string } | null }[] = [];
  /** Files that the job left, by path in its artifact. */
  public readonly files: Record<string, string> = {};
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  public async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  public async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** Leaves a file as the preview's job does. */
  public leave(path: string, text: string, job = 'preview'): void {
    if (!this.jobs.some(({ name }) => name === job)) this.jobs.push({ id: 21, name: job, artifacts_file: { filename: 'artifacts.zip' } });
    this.files[path] = text;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gitlab');
    this.asked.push(`${request.method} ${pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const json = (status: number, value: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.authorization !== 'Bearer token') return json(401, { message: '401 Unauthorized' });
    if (request.headers.accept !== 'application/json') return json(406, { error: 'The requested format is not supported' });
    // Without it GitLab reads a body as a form, and finds nothing in it.
    const sent = request.headers['content-type'] === 'application/json' ? (JSON.parse(Buffer.concat(chunks).toString()) as { body: string }) : undefined;

    const page = <T>(all: readonly T[]): readonly T[] => {
      const [size, number] = [Number(searchParams.get('per_page') ?? 20), Number(searchParams.get('page') ?? 1)];
      return all.slice((number - 1) * size, number * size);
    };
    const path = pathname.replace('/projects/5/', '');
    const file = /^jobs\/21\/artifacts\/(.+)$/.exec(path)?.[1];
    const edited = /^merge_requests\/7\/notes\/(\d+)$/.exec(path)?.[1];
    if (path === '/user') return json(200, { username: 'project_5_bot' });
    if (path === 'pipelines/11') return json(200, { id: 11, ref: this.ref, sha: 'a'.repeat(40) });
    if (path === 'merge_requests/7') return json(200, this.request);
    if (path === 'pipelines/11/jobs') return json(200, page(this.jobs));
    if (file !== undefined && file in this.files) return void response.writeHead(200).end(this.files[file]);
    if (path === 'merge_requests/7/notes' && request.method === 'GET') return json(200, page(this.notes));
    if (sent?.body === undefined) return json(request.method === 'GET' ? 404 : 400, { error: 'body is missing' });
    if (path === 'merge_requests/7/notes') {
      this.notes.push({ id: this.notes.length + 1, body: sent.body, system: false, author: { username: 'project_5_bot' } });
      return json(201, this.notes.at(-1));
    }
    const note = this.notes.find(({ id }) => id === Number(edited));
    if (note === undefined || request.method !== 'PUT') return json(404, { message: '404 Not found' });
    note.body = sent.body;
    return json(200, note);
  }
}

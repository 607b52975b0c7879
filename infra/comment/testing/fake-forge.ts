import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zipSync } from 'fflate';

export interface FakeComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string } | null;
}

export interface FakePullRequest {
  readonly number: number;
  readonly base: string;
  /** As the forge filters by it: `owner:branch`. */
  readonly label: string;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

/** A forge on loopback, with as much of GitHub's REST API as posting a comment needs. */
export class FakeForge {
  /** What was asked of it, such as `POST /repos/shop/shop/issues/7/comments`. */
  public readonly asked: string[] = [];
  public readonly comments: FakeComment[] = [];
  public readonly pullRequests: FakePullRequest[] = [];
  /** Artifacts of every run, by name. `size` is what the forge says; the zip may be something else. */
  public readonly artifacts: { name: string; size: number; zip: Uint8Array }[] = [];
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  public async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  public async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** Uploads files as one artifact. @param size what the forge says of it, if it is not so */
  public upload(name: string, files: Readonly<Record<string, string>>, size?: number): void {
    const zip = zipSync(Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)])));
    this.artifacts.push({ name, zip, size: size ?? zip.length });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://forge');
    this.asked.push(`${request.method} ${pathname}`);
    const sent = await text(request);
    const json = (status: number, value: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.authorization !== 'Bearer token') return json(401, { message: 'Bad credentials' });

    const page = <T>(all: readonly T[]): readonly T[] => {
      const [size, number] = [Number(searchParams.get('per_page') ?? 30), Number(searchParams.get('page') ?? 1)];
      return all.slice((number - 1) * size, number * size);
    };
    const path = pathname.replace('/repos/shop/shop/', '');
    const zip = /^actions\/artifacts\/(\d+)\/zip$/.exec(path);
    const edited = /^issues\/comments\/(\d+)$/.exec(path);
    if (/^actions\/runs\/\d+\/artifacts$/.test(path)) {
      return json(200, { artifacts: page(this.artifacts).map(({ name, size }, id) => ({ id, name, size_in_bytes: size })) });
    }
    if (zip !== null) return void response.writeHead(200, { 'content-type': 'application/zip' }).end(this.artifacts[Number(zip[1])]?.zip);
    if (path === 'pulls') {
      return json(200, page(this.pullRequests.filter(({ base, label }) => base === searchParams.get('base') && label === searchParams.get('head'))));
    }
    if (/^issues\/\d+\/comments$/.test(path)) {
      if (request.method === 'GET') return json(200, page(this.comments));
      const made = { id: this.comments.length + 1, body: (JSON.parse(sent) as { body: string }).body, user: { login: 'github-actions[bot]' } };
      this.comments.push(made);
      return json(201, made);
    }
    if (edited !== null && request.method === 'PATCH') {
      const comment = this.comments.find(({ id }) => id === Number(edited[1]));
      if (comment !== undefined) comment.body = (JSON.parse(sent) as { body: string }).body;
      return json(comment === undefined ? 404 : 200, comment ?? {});
    }
    return json(404, { message: `no ${request.method} ${pathname} here` });
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

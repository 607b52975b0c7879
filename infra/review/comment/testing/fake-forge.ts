import type { IncomingMessage, ServerResponse } from 'node:http';
import { zipSync } from 'fflate';
import { json, Loopback, page } from './loopback.ts';

export interface FakeComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string } | null;
}

export interface FakePullRequest {
  readonly number: number;
  readonly base: string;
  /** Filter of the forge: `owner:branch`. */
  readonly label: string;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

/** A forge on loopback with the part of GitHub's REST API that posting a comment needs. */
export class FakeForge extends Loopback {
  public readonly comments: FakeComment[] = [];
  public readonly pullRequests: FakePullRequest[] = [];
  /** Artifacts of every run, by name. `size` is the declared size, which the zip may not have. */
  public readonly artifacts: { name: string; size: number; zip: Uint8Array }[] = [];

  /**
   * Uploads files as one artifact.
   * @param size declared size.
   * @default the actual one
   */
  public upload(name: string, files: Readonly<Record<string, string>>, size?: number): void {
    const zip = zipSync(Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)])));
    this.artifacts.push({ name, zip, size: size ?? zip.length });
  }

  protected async answer(request: IncomingMessage, url: URL, sent: string, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = url;
    const reply = (status: number, value: unknown): void => json(response, status, value);
    if (request.headers.authorization !== 'Bearer token') return reply(401, { message: 'Bad credentials' });

    const paged = <T>(all: readonly T[]): readonly T[] => page(all, url, 30);
    const path = pathname.replace('/repos/shop/shop/', '');
    const zip = /^actions\/artifacts\/(\d+)\/zip$/.exec(path);
    const edited = /^issues\/comments\/(\d+)$/.exec(path);
    if (/^actions\/runs\/\d+\/artifacts$/.test(path)) {
      return reply(200, {
        artifacts: paged(this.artifacts).map(({ name, size }, id) => ({ id, name, size_in_bytes: size })),
      });
    }
    if (zip !== null)
      return void response
        .writeHead(200, { 'content-type': 'application/zip' })
        .end(this.artifacts[Number(zip[1])]?.zip);
    if (path === 'pulls') {
      return reply(
        200,
        paged(
          this.pullRequests.filter(
            ({ base, label }) => base === searchParams.get('base') && label === searchParams.get('head'),
          ),
        ),
      );
    }
    if (/^issues\/\d+\/comments$/.test(path)) {
      if (request.method === 'GET') return reply(200, paged(this.comments));
      const made = {
        id: this.comments.length + 1,
        body: (JSON.parse(sent) as { body: string }).body,
        user: { login: 'github-actions[bot]' },
      };
      this.comments.push(made);
      return reply(201, made);
    }
    if (edited !== null && request.method === 'PATCH') {
      const comment = this.comments.find(({ id }) => id === Number(edited[1]));
      if (comment !== undefined) comment.body = (JSON.parse(sent) as { body: string }).body;
      return reply(comment === undefined ? 404 : 200, comment ?? {});
    }
    return reply(404, { message: `no ${request.method} ${pathname} here` });
  }
}

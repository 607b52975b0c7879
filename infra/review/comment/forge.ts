import { ConfigurationError } from '@groundwork/contract';

/** Who may be asked what: GitHub's REST API, or GitLab's, which takes tokens and gives pages in the same way. */
export interface ForgeOptions {
  /** Such as `https://api.example.com`, without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** What the forge wants to be told with each question. @default what GitHub does */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one answer may take. @default 30 s */
  readonly timeoutMs?: number;
}

const GITHUB = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/** Most entries on one page; the forge gives no more. */
const PAGE = 100;

/** Longest list that is read, in pages: a pull request with more comments than this gets a second one of ours. */
const PAGES = 50;

/** The few questions that a comment needs, asked of a forge's REST API. */
export class Forge {
  readonly #options: ForgeOptions;

  public constructor(options: ForgeOptions) {
    this.#options = options;
  }

  /** Asks for one thing, or changes one. @throws ConfigurationError for an answer other than success */
  public async ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, body?: object): Promise<T> {
    return (await (await this.#send(method, path, body)).json()) as T;
  }

  /** All entries of a list, page by page. @param list where in the answer it is, if not the answer itself */
  public async all<T>(path: string, list: (answer: never) => readonly T[] = (answer) => answer): Promise<readonly T[]> {
    const found: T[] = [];
    for (let page = 1; page <= PAGES; page++) {
      const entries = list(
        await this.ask<never>('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`),
      );
      found.push(...entries);
      if (entries.length < PAGE) break;
    }
    return found;
  }

  /**
   * Bytes of a file, never more than the limit: what the sender says of its size is not relied on.
   * @throws ConfigurationError if there are more
   */
  public async download(path: string, limit: number): Promise<Uint8Array> {
    const { body } = await this.#send('GET', path);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      // Leaving the loop ends the transfer.
      if (size > limit)
        throw new ConfigurationError({
          code: 'response-too-large',
          where: path,
          problem: `it is longer than ${limit} bytes`,
          fix: 'see what the pull request made the preview write',
        });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async #send(method: string, path: string, body?: object): Promise<Response> {
    const { url, token, headers = GITHUB, timeoutMs = 30_000 } = this.#options;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.ok) return answer;
    const said = (await answer.text()).slice(0, 300);
    throw new ConfigurationError({
      code: 'forge-failed',
      where: `${method} ${path}`,
      problem: `the forge answered ${answer.status}: ${said}`,
      fix: 'see what the token of the job that posts may do: it reads what the preview left, and writes comments',
    });
  }
}

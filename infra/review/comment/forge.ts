import { ConfigurationError, isConfigurationError } from '@groundwork/contract';

/** Address and credential of GitHub's REST API, or of GitLab's, which takes tokens and gives pages in the same way. */
export interface ForgeOptions {
  /** Such as `https://api.example.com`, without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** Headers of each request. @default what GitHub asks for */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one answer may take. @default 30 s */
  readonly timeoutMs?: number;
}

const GITHUB = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/** Most entries on one page; the forge gives no more. */
const PAGE = 100;

/** Longest list that is read, in pages: a pull request with more comments than this gets a second one of ours. */
const PAGES = 50;

/** Longest answer that is read where the caller names no limit, in bytes: a page of GitLab's longest notes fits. */
const ANSWER = 128 * 1024 ** 2;

/**
 * The few requests that a comment needs, to a forge's REST API. Never repeated: a comment that is sent twice is two comments.
 * `fetch` does not send the token on to another host, where forges redirect downloads to.
 * @see docs/decisions/16-forge-client.md for why this is neither Octokit nor GitBeaker
 */
export class Forge {
  readonly #options: ForgeOptions;

  public constructor(options: ForgeOptions) {
    this.#options = options;
  }

  /** Asks for one thing, or changes one. @throws ConfigurationError for an answer other than success */
  public async ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, body?: object): Promise<T> {
    const answer = (await this.#send(method, path, ANSWER, body)).toString();
    try {
      return JSON.parse(answer);
    } catch {
      throw failed(`${method} ${path}`, `the answer is not JSON: ${answer.slice(0, 300)}`);
    }
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

  /** Bytes of a file. @throws ConfigurationError if there are more than the limit */
  public download(path: string, limit: number): Promise<Uint8Array> {
    return this.#send('GET', path, limit);
  }

  async #send(method: string, path: string, limit: number, body?: object): Promise<Buffer> {
    const { url, token, headers = GITHUB, timeoutMs = 30_000 } = this.#options;
    const where = `${method} ${path}`;
    try {
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
      const bytes = await read(answer, answer.ok ? limit : ANSWER, path);
      if (answer.ok) return bytes;
      throw failed(where, `the forge answered ${answer.status}: ${bytes.toString().slice(0, 300)}`);
    } catch (error) {
      if (isConfigurationError(error)) throw error;
      const { message, cause }: { readonly message?: string; readonly cause?: { readonly message?: string } } =
        Object(error);
      throw failed(where, `no answer: ${cause?.message ?? message}`);
    }
  }
}

/** Never more than the limit: what the sender says of the size is not relied on. */
async function read({ body }: Response, limit: number, path: string): Promise<Buffer> {
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
        fix: 'look at what the pull request made the preview write',
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failed(where: string, problem: string): ConfigurationError {
  return new ConfigurationError({
    code: 'forge-failed',
    where,
    problem,
    fix: 'check that the token of the job that posts may read what the preview left, and write comments',
  });
}

import { ConfigurationError, isConfigurationError } from '@groundwork/contract';

/** Address and credential of the REST API of GitHub or GitLab, which use tokens and pages in the same way. */
export interface ForgeOptions {
  /** Such as `https://api.example.com`, without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** Headers of each request. @default those of GitHub */
  readonly headers?: Readonly<Record<string, string>>;
  /** Timeout of one request, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number;
}

const GITHUB = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/** Maximum entries on one page that forges allow. */
const PAGE = 100;

/** Maximum number of pages that are read: a pull request with more comments may get a second comment. */
const PAGES = 50;

/** Default limit of a response, in bytes: a page of GitLab's longest notes fits. */
const ANSWER = 128 * 1024 ** 2;

/**
 * Requests to a forge's REST API that a comment needs. Without retries, which could post a comment twice. `fetch` does
 * not send the token to other hosts, to which forges redirect downloads.
 * @see docs/decisions/16-forge-client.md for why this is neither Octokit nor GitBeaker
 */
export class Forge {
  readonly #options: ForgeOptions;

  public constructor(options: ForgeOptions) {
    this.#options = options;
  }

  /** Sends one request. @throws ConfigurationError unless it succeeds */
  public async ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, body?: object): Promise<T> {
    const answer = (await this.#send(method, path, ANSWER, body)).toString();
    try {
      return JSON.parse(answer);
    } catch {
      throw failed(`${method} ${path}`, `the response must be JSON, got: ${answer.slice(0, 300)}`);
    }
  }

  /**
   * All entries of a list, page by page.
   * @param list selects the list in the response.
   * @default the response itself
   */
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

  /** Downloads a file. @throws ConfigurationError if it is larger than the limit */
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
      throw failed(where, `the forge responded with status ${answer.status}: ${bytes.toString().slice(0, 300)}`);
    } catch (error) {
      if (isConfigurationError(error)) throw error;
      const { message, cause }: { readonly message?: string; readonly cause?: { readonly message?: string } } =
        Object(error);
      throw failed(where, `no response: ${cause?.message ?? message}`);
    }
  }
}

/** Reads at most the limit, independent of the declared size. */
async function read({ body }: Response, limit: number, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    // Throwing in the loop cancels the transfer.
    if (size > limit)
      throw new ConfigurationError({
        code: 'response-too-large',
        where: path,
        problem: `the response must have at most ${limit} bytes`,
        fix: 'review what the pull request changes in its own preview',
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
    fix: 'check that the token of the posting job may read artifacts and write comments',
  });
}

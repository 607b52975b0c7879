/** Calls to the gateway. Tokens are in memory only: no other page, and no script that reads storage, can get them. */

/** @type {{ accessToken: string, refreshToken: string } | undefined} */
let tokens;
/** The refresh under way: a refresh token works once, so requests share its use. */
let refreshing;
let onSessionEnd = () => {};

/** An error answer of the shop (RFC 9457), or none at all (status 0). */
export class ApiError extends Error {
  constructor(status, problem = {}) {
    const fields = (problem.errors ?? []).map(({ at, message }) => `${at.split('/').at(-1)} ${message}`);
    super([problem.detail ?? problem.title ?? 'The shop does not answer; try again', ...fields].join(': '));
    this.status = status;
    this.code = problem.code;
  }
}

/** Called when the session ends without a log-out. */
export function whenSessionEnds(listener) {
  onSessionEnd = listener;
}

export async function logIn(email, password) {
  tokens = await call('POST', '/sessions', { body: { email, password } });
}

export async function logOut() {
  await call('DELETE', '/sessions/current').catch(() => undefined);
  tokens = undefined;
}

/** Sends a request, and returns the JSON of its answer. @throws ApiError */
export async function call(method, path, { body, headers = {} } = {}) {
  const repeatable = method === 'GET' || 'idempotency-key' in headers;
  for (let left = repeatable ? 4 : 0; ; left -= 1) {
    const response = await send(path, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.ok) return response.status === 204 ? undefined : response.json();
    if (response.status !== 503 || left === 0) throw await errorOf(response);
    await pause(1000 * Number(response.headers.get('retry-after') ?? 1));
  }
}

/** `fetch` with the access token, which is renewed once if it has expired. @throws ApiError without an answer */
export async function send(path, init = {}) {
  const used = tokens;
  const response = await attempt(path, init);
  if (response.status !== 401 || used === undefined) return response;
  // Another request may have renewed it meanwhile.
  if (tokens === used) await renew();
  return tokens === undefined ? response : attempt(path, init);
}

export async function errorOf(response) {
  return new ApiError(response.status, await response.json().catch(() => ({})));
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function attempt(path, init) {
  const authorization = tokens === undefined ? {} : { authorization: `Bearer ${tokens.accessToken}` };
  try {
    return await fetch(path, { ...init, headers: { ...init.headers, ...authorization } });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0);
  }
}

async function renew() {
  refreshing ??= (async () => {
    const response = await fetch('/sessions/refresh', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: tokens?.refreshToken }),
    }).catch(() => undefined);
    if (response?.ok) tokens = await response.json();
    else if (response?.status === 401) {
      tokens = undefined;
      onSessionEnd();
    }
  })().finally(() => {
    refreshing = undefined;
  });
  await refreshing;
}

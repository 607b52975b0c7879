import { ConfigurationError } from '@groundwork/contract';
import { COMMENT_LIMIT, MARKER } from '../preview/render/markdown.ts';
import type { Forge } from './forge.ts';

/** What was done with the comment. */
export type Did = 'created' | 'updated' | 'left';

interface Comment {
  readonly id: number;
  readonly body: string;
}

/** The comments of a pull request in a forge. */
export interface Place<C extends Comment> {
  /** Path of the list, for reading and creating comments. */
  readonly list: string;
  /** Query for the list, oldest first. @default none: the forge's own order */
  readonly query?: string;
  /** Path of one comment, which `method` updates. */
  readonly one: (id: number) => string;
  readonly method: 'PATCH' | 'PUT';
  /** Whether the author is the posting account; any user can write the marker. */
  readonly isByUs: (comment: C) => boolean;
}

/**
 * Creates the comment or updates it in place; leaves it unchanged if only commit and time differ, to avoid
 * notifications.
 */
async function keepOneComment<C extends Comment>(
  forge: Forge,
  { list, query = '', one, method, isByUs }: Place<C>,
  body: string,
): Promise<Did> {
  const own = (await forge.all<C>(`${list}${query}`)).find(
    (comment) => isByUs(comment) && comment.body.startsWith(MARKER),
  );
  if (own === undefined) {
    await forge.ask('POST', list, { body });
    return 'created';
  }
  if (withoutFooter(own.body) === withoutFooter(body)) return 'left';
  await forge.ask(method, one(own.id), { body });
  return 'updated';
}

/**
 * Keeps the comment equal to the preview of a commit. Without a valid one, the comment says so: that of an earlier
 * commit must not be taken for one on this commit.
 * @param preview undefined if the run left none
 * @throws what `preview` throws, after the comment is updated if it is invalid
 */
export async function keepPreview<C extends Comment>(
  forge: Forge,
  place: Place<C>,
  sha: string,
  preview: () => Promise<string | undefined>,
): Promise<Did> {
  try {
    return await keepOneComment(forge, place, (await preview()) ?? withoutPreview(sha));
  } catch (error) {
    const isInvalid =
      error instanceof ConfigurationError && ['artifact-invalid', 'response-too-large'].includes(error.code);
    if (isInvalid) await keepOneComment(forge, place, withoutPreview(sha));
    throw error;
  }
}

function withoutPreview(sha: string): string {
  return [
    MARKER,
    '### This commit has no preview: what it changes is unknown',
    '',
    'Its run left none, or one that is invalid: see the log of the run.',
    '',
    `<sub>${sha.slice(0, 9)}</sub>`,
    '',
  ].join('\n');
}

/** Truncates a comment to the forge's limit, since sanitizing and the note make it longer. */
export function truncate(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= COMMENT_LIMIT) return text;
  const rest = '\n\n_The rest is in the artifact._\n';
  const cut = bytes.subarray(0, COMMENT_LIMIT - Buffer.byteLength(rest));
  return `${new TextDecoder('utf-8', { fatal: false }).decode(cut).replace(/\uFFFD+$/, '')}${rest}`;
}

/** A comment without its footer with commit and time, and with normalized line ends, since forges change them. */
function withoutFooter(body: string): string {
  return body
    .replace(/\r\n/g, '\n')
    .trim()
    .replace(/\n<sub>[^\n]*<\/sub>$/, '')
    .trimEnd();
}

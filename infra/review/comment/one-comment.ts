import { COMMENT_LIMIT, MARKER } from '../preview/render/markdown.ts';
import type { Forge } from './forge.ts';

/** What became of our one comment. */
export type Did = 'created' | 'updated' | 'left';

interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Where a forge has its comments, and which may be ours. */
export interface Place<C extends Comment> {
  /** Path of the list, to which a new one is added. */
  readonly list: string;
  /** @default none: the forge's own order is the oldest first */
  readonly query?: string;
  /** Path of one, and how the forge wants it changed. */
  readonly one: (id: number) => string;
  readonly method: 'PATCH' | 'PUT';
  /** Whether it has our account as its author: a marker alone anybody can write. */
  readonly isByUs: (comment: C) => boolean;
}

/** Leaves a comment as it is, updates it in place or makes it; when only commit and time differ, nobody is told twice. */
export async function keepOneComment<C extends Comment>(
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

/** Sanitizing and the note add a little; the forge refuses a comment that is too long. */
export function truncate(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= COMMENT_LIMIT) return text;
  const rest = '\n\n_The rest is in the artifact._\n';
  const cut = bytes.subarray(0, COMMENT_LIMIT - Buffer.byteLength(rest));
  return `${new TextDecoder('utf-8', { fatal: false }).decode(cut).replace(/\uFFFD+$/, '')}${rest}`;
}

/** A comment without its last line, which says commit and time: a change of these alone is no update. Forges change line ends. */
function withoutFooter(body: string): string {
  return body
    .replace(/\r\n/g, '\n')
    .trim()
    .replace(/\n<sub>[^\n]*<\/sub>$/, '')
    .trimEnd();
}

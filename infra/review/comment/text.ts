import { COMMENT_LIMIT } from '../preview/render/markdown.ts';

/** Taming and the note add a little; the forge refuses a comment that is too long. */
export function truncate(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= COMMENT_LIMIT) return text;
  const rest = '\n\n_The rest is in the artifact._\n';
  const cut = bytes.subarray(0, COMMENT_LIMIT - Buffer.byteLength(rest));
  return `${new TextDecoder('utf-8', { fatal: false }).decode(cut).replace(/\uFFFD+$/, '')}${rest}`;
}

/** A comment without its last line, which says commit and time: these alone are no news. Forges turn line ends around. */
export function withoutFooter(body: string): string {
  return body
    .replace(/\r\n/g, '\n')
    .trim()
    .replace(/\n<sub>[^\n]*<\/sub>$/, '')
    .trimEnd();
}

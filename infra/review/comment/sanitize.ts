import { MARKER } from '../preview/render/markdown.ts';

/** Tags that the preview writes itself; they can neither load nor lead anywhere. */
const TAG = /^<\/?(details|summary|sub|code)>/;

/** A comment in HTML that holds nothing: the preview breaks mentions and links with it. */
const NOTHING = '<!---->';

/**
 * Takes from a text what a comment by the forge's own robot must not do for a stranger: call people, show pictures, lead
 * elsewhere, hide text. Text that the preview rendered stays as it is, since it holds none of that.
 */
export function sanitize(text: string): string {
  const [, body] = text.split(`${MARKER}\n`, 2) as [string, string];
  const sanitized = body
    .replace(/</g, (sign, at: number) => (TAG.test(body.slice(at)) || body.startsWith(NOTHING, at) ? sign : '&lt;'))
    .replace(/@/g, (sign, at: number, all: string) => (/[\w@]/.test(all[at - 1] ?? ' ') ? sign : `&#64;${NOTHING}`))
    .replace(/:\/\//g, `:${NOTHING}//`)
    .replace(/\bwww\./gi, (word) => `${word.slice(0, 3)}${NOTHING}.`)
    .replace(/\](?=[([:])/g, '\\]');
  return `${MARKER}\n${sanitized}`;
}

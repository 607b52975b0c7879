import { MARKER } from '../../preview/render/markdown.ts';

/** Tags that the preview writes itself; they can neither load nor lead anywhere. */
const TAG = /^<\/?(details|summary|sub|code|span)>/;

/**
 * As for GitHub, and besides: no line is a quick action, which GitLab would run with the rights of whoever posts, and no
 * number is a reference. GitLab takes HTML comments out before it looks, so signs are kept apart by elements.
 */
export function sanitize(text: string): string {
  const [, body] = text.split(`${MARKER}\n`, 2) as [string, string];
  const sanitized = body
    .replace(/</g, (sign, at: number) => (TAG.test(body.slice(at)) ? sign : '&lt;'))
    .replace(/@/g, apart)
    .replace(/:\/\//g, ':<span>//</span>')
    .replace(/\bwww\./gi, (word) => `${word.slice(0, 3)}<span>.</span>`)
    .replace(/\](?=[([:])/g, '\\]')
    .replace(/(?<![\w&:])(?:[!$%&]|#(?!\d+;))(?=\d)/g, apart)
    .replace(/^([^\S\r\n]*)\//gm, '$1<span>/</span>');
  return `${MARKER}\n${sanitized}`;
}

function apart(sign: string): string {
  return `<span>&#${sign.charCodeAt(0)};</span>`;
}

import { MARKER } from '../preview/render/markdown.ts';

/** How the preview keeps signs apart on a forge. */
interface Forge {
  /** HTML that the preview writes itself; it can neither load nor lead anywhere. */
  readonly html: RegExp;
  readonly mention: RegExp;
  readonly apart: (sign: string) => string;
}

const github: Forge = {
  html: /^<(?:\/?(?:details|summary|sub|code)>|!---->)/,
  mention: /(?<![\w@])@/g,
  apart: (sign) => (sign === '@' ? '&#64;<!---->' : `<!---->${sign}`),
};

/** GitLab removes HTML comments before it looks for mentions, so elements keep signs apart. */
const gitlab: Forge = {
  html: /^<\/?(?:details|summary|sub|code|span)>/,
  mention: /@/g,
  apart: (sign) => `<span>${/[./]/.test(sign) ? sign : `&#${sign.charCodeAt(0)};`}</span>`,
};

/**
 * Removes what a comment by the forge's own account must not do for the author of a pull request: mention people, show
 * pictures, link elsewhere, hide text. Text that the preview rendered stays unchanged, since it has none of that.
 */
export function sanitizeForGitHub(text: string): string {
  return `${MARKER}\n${sanitize(text, github)}`;
}

/** The same, and besides: no line is a quick action, which GitLab runs with the account's rights, and no number is a reference. */
export function sanitizeForGitLab(text: string): string {
  const sanitized = sanitize(text, gitlab)
    .replace(/(?<![\w&:])(?:[!$%&]|#(?!\d+;))(?=\d)/g, gitlab.apart)
    .replace(/^([^\S\r\n]*)\//gm, (_, indent: string) => `${indent}${gitlab.apart('/')}`);
  return `${MARKER}\n${sanitized}`;
}

function sanitize(text: string, { html, mention, apart }: Forge): string {
  const [, body = ''] = text.split(`${MARKER}\n`, 2);
  return body
    .replace(/</g, (sign, at: number) => (html.test(body.slice(at)) ? sign : '&lt;'))
    .replace(mention, apart)
    .replace(/:\/\//g, `:${apart('//')}`)
    .replace(/\bwww\./gi, (word) => `${word.slice(0, 3)}${apart('.')}`)
    .replace(/\](?=[([:])/g, '\\]');
}

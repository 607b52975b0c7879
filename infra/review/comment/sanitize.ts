import { MARKER } from '../preview/render/markdown.ts';

/** How to neutralize markup on a forge. */
interface Forge {
  /** HTML that the preview itself writes, without resources or links. */
  readonly html: RegExp;
  readonly mention: RegExp;
  readonly apart: (sign: string) => string;
}

const github: Forge = {
  html: /^<(?:\/?(?:details|summary|sub|code)>|!---->)/,
  mention: /(?<![\w@])@/g,
  apart: (sign) => (sign === '@' ? '&#64;<!---->' : `<!---->${sign}`),
};

/** GitLab removes HTML comments before it finds mentions, so elements separate characters. */
const gitlab: Forge = {
  html: /^<\/?(?:details|summary|sub|code|span)>/,
  mention: /@/g,
  apart: (sign) => `<span>${/[./]/.test(sign) ? sign : `&#${sign.charCodeAt(0)};`}</span>`,
};

/**
 * Removes what the author of a pull request must not post through the forge's account: mentions, images, links, hidden
 * text. Text that the preview rendered stays unchanged.
 */
export function sanitizeForGitHub(text: string): string {
  return `${MARKER}\n${sanitize(text, github)}`;
}

/**
 * The same for GitLab; also neutralizes quick actions, which run with the account's rights, and references to numbers.
 */
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

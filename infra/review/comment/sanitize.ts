import { fileLinks } from '../preview/render/link.ts';
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
 * @param files address of the repository's files, to which links are kept; default: none is kept
 */
export function sanitizeForGitHub(text: string, files?: string): string {
  return `${MARKER}\n${sanitize(text, files, (part) => neutralize(part, github))}`;
}

/**
 * The same for GitLab; also neutralizes quick actions, which run with the account's rights, and references to numbers.
 */
export function sanitizeForGitLab(text: string, files?: string): string {
  const sanitized = sanitize(text, files, (part) =>
    neutralize(part, gitlab).replace(/(?<![\w&:])(?:[!$%&]|#(?!\d+;))(?=\d)/g, gitlab.apart),
  ).replace(/^([^\S\r\n]*)\//gm, (_, indent: string) => `${indent}${gitlab.apart('/')}`);
  return `${MARKER}\n${sanitized}`;
}

/** Everything after the marker, except for links to the repository's own files. */
function sanitize(text: string, files: string | undefined, neutral: (part: string) => string): string {
  const [, body = ''] = text.split(`${MARKER}\n`, 2);
  if (files === undefined) return neutral(body);
  let [result, at] = ['', 0];
  for (const { 0: link, 1: place = '', 2: address = '', index } of body.matchAll(fileLinks(files))) {
    result += `${neutral(body.slice(at, index))}[${neutral(place)}](${address})`;
    at = index + link.length;
  }
  return result + neutral(body.slice(at));
}

function neutralize(text: string, { html, mention, apart }: Forge): string {
  return text
    .replace(/</g, (sign, at: number) => (html.test(text.slice(at)) ? sign : '&lt;'))
    .replace(mention, apart)
    .replace(/:\/\//g, `:${apart('//')}`)
    .replace(/\bwww\./gi, (word) => `${word.slice(0, 3)}${apart('.')}`)
    .replace(/\](?=[([:]|(?![\s\S]))/g, '\\]');
}

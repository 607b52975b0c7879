/** Forges whose Markdown dialect the preview can write. */
export const FORGES = ['github', 'gitlab'] as const;
export type Forge = (typeof FORGES)[number];

/** Escapes text for a comment. Names and values come from the pull request, whose author may not be trusted. */
export interface Escape {
  /** Literal text: no markup, HTML, mentions, links or line breaks. */
  plain(text: string): string;
  /** The same in a code element instead of backticks, which the text could close. */
  code(text: string): string;
}

/** Written between two characters, so that no forge reads them together. GitLab removes comments before it looks. */
const APART: Readonly<Record<Forge, (text: string) => string>> = {
  github: (text) => `<!---->${text}`,
  gitlab: (text) => `<span>${text}</span>`,
};

/**
 * Neutralizes what a forge makes a link of: both read `@name` as a mention, `#1`, `org/repo#1` and `GH-1` as references,
 * and `www.` and `://` as addresses, and issues of a linked tracker as `ABC-1`, after Markdown, so a backslash doesn't help. GitLab also reads `!1`, `~label`,
 * `%milestone`, `$1`, `&1` and `^alert`.
 * @see https://docs.gitlab.com/user/markdown/#gitlab-specific-references
 * @see https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 */
const BREAKS: Readonly<Record<Forge, (escaped: string) => string>> = {
  github: (text) => text.replace(/\\?([@#])/g, (_, sign: string) => `&#${sign.charCodeAt(0)};<!---->`),
  gitlab: (text) =>
    text.replace(
      /\\?([@#!~%$^])|&amp;/g,
      (_, sign: string | undefined) => `<span>&#${(sign ?? '&').charCodeAt(0)};</span>`,
    ),
};

function apart(text: string, forge: Forge): string {
  return BREAKS[forge](text)
    .replace(/(?<=:)\/\//g, APART[forge])
    .replace(/(?<=\bwww)\./gi, APART[forge])
    .replace(/(?<=\b(?:gh|Gh|[A-Z][A-Z0-9]+))-(?=\d)/g, APART[forge]);
}

/** Control, zero-width and bidirectional characters, which could make a name look like another. */
const INVISIBLE = /(?![\n\r\t])[\p{Cc}\p{Cf}]/gu;

export function escapeFor(forge: Forge): Escape {
  const plain = (text: string): string => {
    const escaped = text
      .replace(/\s+/g, ' ')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
      .replace(/(^|\s)([-=]+)(?=\s|$)/g, '$1\\$2');
    // Last, since it adds markup.
    return apart(visible(escaped), forge);
  };
  return { plain, code: (text) => `<code>${text.trim() === '' ? ' ' : plain(text)}</code>` };
}

/** Escapes text for HTML. */
export function html(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Replaces invisible characters with their code points, such as `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(
    INVISIBLE,
    (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

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

/**
 * Neutralizes special characters of a forge. Both turn `@name` into a mention and bare URLs into links. GitLab also
 * turns `#1`, `!1`, `~label`, `%milestone`, `$1`, `&1` and `^alert` into references, and removes HTML comments first.
 * @see https://docs.gitlab.com/user/markdown/#gitlab-specific-references
 */
const BREAKS: Readonly<Record<Forge, (escaped: string) => string>> = {
  github: (text) => text.replace(/@/g, '&#64;<!---->').replace(/:\/\//g, ':<!---->//'),
  gitlab: (text) =>
    text
      .replace(
        /\\?([@#!~%$^])|&amp;/g,
        (_, sign: string | undefined) => `<span>&#${(sign ?? '&').charCodeAt(0)};</span>`,
      )
      .replace(/:\/\//g, ':<span>//</span>'),
};

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
    return BREAKS[forge](visible(escaped));
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

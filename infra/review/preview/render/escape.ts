/** Whose Markdown it is. */
export const FORGES = ['github', 'gitlab'] as const;
export type Forge = (typeof FORGES)[number];

/** How text gets into a comment. Names and values come from the pull request, whose author may not be trusted. */
export interface Escape {
  /** Text as it is shown, whatever is in it: no markup, no HTML, no mention, no link, no line break. */
  plain(text: string): string;
  /** The same in the type of code: not between backticks, which text could close. */
  code(text: string): string;
}

/**
 * What keeps a sign from meaning something in the forge. Both make mentions of `@name` and links of bare addresses. GitLab
 * also makes references of `#1`, `!1`, `~label`, `%milestone`, `$1`, `&1` and `^alert`, and takes comments out before it looks.
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

/** Control characters, and those without width or that turn the direction: with them a name could look like another. */
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
    // Made last, since it is markup of ours.
    return BREAKS[forge](visible(escaped));
  };
  return { plain, code: (text) => `<code>${text.trim() === '' ? ' ' : plain(text)}</code>` };
}

/** Text in HTML. */
export function html(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** With invisible characters written out, as `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(
    INVISIBLE,
    (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

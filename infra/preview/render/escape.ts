/** Control characters, and those without width or that turn the direction: with them a name could look like another. */
const INVISIBLE = /(?![\n\r\t])[\p{Cc}\p{Cf}]/gu;

/**
 * Text as Markdown shows it, whatever is in it: no markup, no HTML, no mention, no link, no line break. Names and values come
 * from the pull request, whose author may not be trusted.
 */
export function plain(text: string): string {
  const escaped = text
    .replace(/\s+/g, ' ')
    .replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] as string)
    .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replace(/(^|\s)([-=]+)(?=\s|$)/g, '$1\\$2');
  // A mention is no mention, and a bare link no link, with an empty comment in it; made last, since it is markup of ours.
  return visible(escaped).replace(/@/g, '&#64;<!---->').replace(/:\/\//g, ':<!---->//');
}

/** The same in the type of code: not between backticks, which text could close. */
export function code(text: string): string {
  return `<code>${text.trim() === '' ? ' ' : plain(text)}</code>`;
}

/** Text in HTML. */
export function html(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** With invisible characters written out, as `<U+202E>`. */
function visible(text: string): string {
  return text.replace(INVISIBLE, (sign) => `⟨U+${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** Text of HTML that is safe to send: every value in it is escaped. */
export class Html {
  /** The markup. */
  public readonly text: string;

  public constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Tag of a template with HTML: texts in it are escaped, and parts that are HTML are not. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const parts = values.map((value) => [value].flat().map(markup).join(''));
  return new Html(String.raw({ raw: strings }, ...parts));
}

/** Text with code between backticks, as in Markdown. */
export function prose(text: string): Html {
  return new Html(markup(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>'));
}

function markup(value: string | Html): string {
  return value instanceof Html ? value.text : value.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

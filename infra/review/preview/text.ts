/** Maximum length of a value in a comment; longer values are truncated with `…`. */
const LONGEST = 80;

/** A field's value in one short line: absent, text, number, or compact JSON. */
export function valueText(value: unknown): string {
  const text = wholeText(value);
  const [line = ''] = text.split('\n');
  return line.length > LONGEST || line.length < text.length ? `${line.slice(0, LONGEST)}…` : line;
}

/** Two values in one short line each: of two long texts, the part around their first difference. */
export function valueTexts(before: unknown, after: unknown): [string, string] {
  const [was, is] = [wholeText(before), wholeText(after)];
  let same = 0;
  while (same < Math.min(was.length, is.length) && was[same] === is[same]) same++;
  if (same < LONGEST / 2 || Math.max(was.length, is.length) <= LONGEST) return [valueText(before), valueText(after)];
  const cut = (text: string): string => `…${valueText(text.slice(same - LONGEST / 4))}`;
  return [cut(was), cut(is)];
}

/** The same as `valueText`, not truncated. */
export function wholeText(value: unknown): string {
  if (value === undefined) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `dev, staging and production`. */
export function formatList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The first six names and the number of the others. */
export function formatSome(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;
}

/** Text in which brackets mean nothing: comments, strings and templates. */
const SILENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/y;

/**
 * Last line of the call that begins at a place in a source: where its brackets are closed.
 * @param line from 1
 * @param column from 1
 */
export function extentOf(text: string, line: number, column: number): number {
  let at = 0;
  for (let number = 1; number < line; number++) {
    const end = text.indexOf('\n', at);
    if (end === -1) return line;
    at = end + 1;
  }
  at += column - 1;
  let [last, depth] = [line, 0];
  while (at < text.length) {
    SILENT.lastIndex = at;
    const silent = SILENT.exec(text)?.[0];
    const sign = silent ?? (text[at] as string);
    if (silent === undefined) {
      if ('([{'.includes(sign)) depth++;
      else if (')]}'.includes(sign) && --depth <= 0) return depth < 0 ? line : last;
      else if (depth === 0 && sign === ';') return last;
    }
    last += sign.split('\n').length - 1;
    at += sign.length;
  }
  return line;
}

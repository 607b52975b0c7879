import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTATION_WORDS, WORDS } from './words.ts';

const ROOT = join(import.meta.dirname, '../..');

/** History, the list and its test, and sources whose content is in a hash: another word there builds Kubernetes again. */
const SKIPPED =
  /^(CHANGELOG\.md|test\/golden\/|test\/words\/|infra\/local\/(images|cluster\/(kube|cni-policy|node))\/)|package-lock\.json$/;

const patterns = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([word, instead]) => ({ pattern: patternOf(word), instead }));

/** A word of the list as a regular expression: whole words, `*` for letters, `|` for alternatives. */
export function patternOf(word: string): RegExp {
  const alternatives = word.split('|').map((one) => {
    const [first = '', rest] = [one[0], one.slice(1)];
    const start = /[a-z]/.test(first) && one === one.toLowerCase() ? `[${first}${first.toUpperCase()}]` : first;
    const [head, tail] = [/^\w/.test(one) ? '\\b' : '', /\w$/.test(one) ? '\\b' : ''];
    return `${head}${start}${rest}${tail}`.replaceAll('*', '\\w*');
  });
  return new RegExp(alternatives.join('|'));
}

const [EVERYWHERE, IN_DOCUMENTATION] = [patterns(WORDS), patterns(DOCUMENTATION_WORDS)];

/** The text as its author wrote it: code and generated parts are blank, and lines keep their numbers. */
const prose = (markdown: string): string =>
  markdown.replace(/<!-- (\S+) -->[\s\S]*?<!-- \/\1 -->|^```[\s\S]*?^```|`[^`\n]*`/gm, (code) =>
    code.replace(/[^\n]/g, ' '),
  );

/** Where a text uses words of the list: `file:line: 'word': write …`. */
export function findWords(file: string, text: string): string[] {
  const find = (within: string, words: ReturnType<typeof patterns>) =>
    within.split('\n').flatMap((line, index) =>
      words.flatMap(({ pattern, instead }) => {
        const [found] = pattern.exec(line) ?? [];
        return found === undefined ? [] : [`${file}:${index + 1}: '${found}': write ${instead}`];
      }),
    );
  const handWritten = file.endsWith('.md') && !file.endsWith('/API.md');
  return [...find(text, EVERYWHERE), ...(handWritten ? find(prose(text), IN_DOCUMENTATION) : [])];
}

export function findAll(): string[] {
  const list = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.sh', '*.go', '*.md'], { cwd: ROOT });
  const files = list.toString().trim().split('\n');
  return files
    .filter((file) => !SKIPPED.test(file))
    .flatMap((file) => findWords(file, readFileSync(join(ROOT, file), 'utf8')));
}

if (process.argv[1] === import.meta.filename) {
  const found = findAll();
  for (const line of found) console.error(line);
  if (found.length > 0) console.error(`${found.length} words that test/words/words.ts lists`);
  process.exitCode = found.length > 0 ? 1 : 0;
}

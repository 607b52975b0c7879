import { describe, expect, test } from '@jest/globals';
import { findWords } from './check.ts';
import { DOCUMENTATION_WORDS, WORDS } from './words.ts';

const forms = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).flatMap(([word, instead]) => word.split('|').map((form) => [form, instead] as const));
const planted = (form: string) => form.replaceAll('*', 'x');

describe('a word that must not come back', () => {
  test.each(forms(WORDS))('%s is found in source and documentation, with its replacement', (form, instead) => {
    for (const file of ['a.ts', 'a.md'])
      expect(findWords(file, `\n// ${planted(form)}`)).toContainEqual(
        `${file}:2: '${planted(form)}': write ${instead}`,
      );
  });

  test.each(forms(DOCUMENTATION_WORDS))('%s is found in documentation', (form, instead) => {
    expect(findWords('a.md', `x ${planted(form)}.`)).toEqual([`a.md:1: '${planted(form)}': write ${instead}`]);
    expect(findWords('a.ts', `x ${planted(form)}.`)).toEqual([]);
  });

  test('is found with a capital at the start of a sentence, and not inside of another word', () => {
    expect(findWords('a.md', 'Nobody')).toHaveLength(1);
    expect(findWords('a.md', 'outdoors; amended; Keepers’ retold')).toHaveLength(1);
  });

  test('is not looked for in code and generated parts of a page, and lines keep their numbers', () => {
    const page = '`door`\n```sh\nkube door\n```\n<!-- rules -->\ndoor\n<!-- /rules -->\na door';
    expect(findWords('a.md', page)).toEqual(["a.md:8: 'door': write edge, proxy, port forwarding"]);
  });
});

test('no replacement uses a word of the list', () => {
  const all = [...Object.values(WORDS), ...Object.values(DOCUMENTATION_WORDS)].join('\n');
  expect(findWords('a.md', all)).toEqual([]);
});

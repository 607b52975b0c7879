import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Scene } from '../scene.ts';
import { groups, rules } from './index.ts';

const facts: Partial<Scene> = {
  knowsImage: (image) => image.startsWith('registry.example/'),
  isProtected: ({ metadata }) => metadata.name === 'protected',
};
const faults = (check: (typeof rules)[number]['check'], objects: Scene['objects']) => objects.flatMap((object) => check(object, { objects, ...facts }));

describe('rules', () => {
  test.each(rules)('law: $id passes its good sample and finds a fault in its bad one', ({ check, samples: { good, bad } }) => {
    expect(faults(check, good)).toEqual([]);
    const [found] = faults(check, bad);
    expect(found?.field).toMatch(/^[a-z]/);
    expect(found?.what).toMatch(/^[a-z].*[^.]$/);
  });

  test.each(rules)('law: $id judges an object alone unless it says that it sees the environment', ({ check, sees, samples: { bad } }) => {
    if (sees === 'environment') return;
    expect(bad.flatMap((object) => check(object, { objects: [] }))).toEqual(bad.flatMap((object) => check(object, { objects: bad })));
  });

  test.each(rules)('law: $id says why, by whom and how to mend it, each in a sentence without a full stop', ({ why, source, mend }) => {
    for (const text of [why, source, mend]) expect(text).toMatch(/^\S.{10,}[^.]$/);
  });

  test.each(Object.entries(groups))('law: each file of %s holds the rule of its name, and the index has it', (folder, listed) => {
    const files = readdirSync(join(import.meta.dirname, folder)).map((file) => file.replace(/\.ts$/, ''));
    expect(listed.map(({ id }) => id)).toEqual(files.toSorted());
  });

  test('law: no folder of rules is left out, and no id is given twice', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(Object.keys(groups).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });
});

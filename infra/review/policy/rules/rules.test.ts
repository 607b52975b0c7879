import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PolicyContext } from '../context.ts';
import { outcomesOf } from '../rule.ts';
import { groups, rules } from './index.ts';

/**
 * Number of recommendations in the CIS Kubernetes Benchmark v1.12 by section; the numbering differs between versions.
 */
const CIS_POINTS: Readonly<Record<string, number>> = { '5.1': 13, '5.2': 12, '5.3': 2, '5.4': 2, '5.5': 1, '5.6': 4 };

const facts: Partial<PolicyContext> = {
  knowsImage: (image) => image.startsWith('registry.example/'),
  isProtected: ({ metadata }) => metadata.name === 'protected',
};
const faults = (check: (typeof rules)[number]['check'], objects: PolicyContext['objects']) =>
  objects.flatMap((object) => check(object, { objects, ...facts }));

describe('rules', () => {
  test.each(rules)('law: $id finds no fault in its good samples, and one in each bad one', (rule) => {
    const { good, bad } = outcomesOf(rule);
    expect(good.map((objects) => faults(rule.check, objects))).toEqual(good.map(() => []));
    for (const objects of bad) {
      const [found] = faults(rule.check, objects);
      expect({ objects, field: found?.field }).toEqual({ objects, field: expect.stringMatching(/^[a-z]/) });
      expect(found?.what).toMatch(/^[a-z].*[^.]$/);
    }
  });

  test.each(rules)('law: $id has two bad samples, and a near miss of a kind that it checks', (rule) => {
    const { good, bad } = outcomesOf(rule);
    const distinct = (samples: readonly object[]) => new Set(samples.map((sample) => JSON.stringify(sample))).size;
    expect(distinct([...good, ...bad])).toBe(good.length + bad.length);
    expect(bad.length).toBeGreaterThan(1);
    const checked = new Set(bad.flat().map(({ kind }) => kind));
    expect(rule.samples.nearMisses.flat().filter(({ kind }) => checked.has(kind))).not.toEqual([]);
  });

  test.each(rules.filter(({ sees }) => sees !== 'environment'))(
    'law: $id checks an object alone, since it does not declare that it sees the environment',
    (rule) => {
      for (const objects of outcomesOf(rule).bad)
        expect(objects.flatMap((object) => rule.check(object, { objects: [] }))).toEqual(
          objects.flatMap((object) => rule.check(object, { objects })),
        );
    },
  );

  test.each(rules)(
    'law: $id has a reason, a source and a fix, each in a sentence without a period',
    ({ why, source, fix }) => {
      for (const text of [why, source, fix]) expect(text).toMatch(/^\S.{10,}[^.]$/);
    },
  );

  test.each(rules.filter(({ source }) => source.includes('CIS Kubernetes')))(
    'law: $id names existing recommendations of the benchmark',
    ({ source }) => {
      const [named = ''] = /CIS Kubernetes Benchmark v1\.12, 5\.[^;]*/.exec(source) ?? [];
      const points = [...named.replace('v1.12', '').matchAll(/(5\.\d+)\.(\d+)/g)];
      expect(points.length).toBeGreaterThan(0);
      for (const [, section = '', point] of points) expect(Number(point)).toBeLessThanOrEqual(CIS_POINTS[section] ?? 0);
    },
  );

  test.each(Object.entries(groups))(
    'law: each file of %s contains the rule of its name, and the index lists it',
    (folder, formatList) => {
      const files = readdirSync(join(import.meta.dirname, folder)).map((file) => file.replace(/\.ts$/, ''));
      expect(formatList.map(({ id }) => id)).toEqual(files.toSorted());
    },
  );

  test('law: every folder of rules is included, and ids are unique', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(Object.keys(groups).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });
});

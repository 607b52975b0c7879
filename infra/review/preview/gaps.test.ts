import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { gapsIn } from '../../../test/support/gaps.ts';
import { makePreview } from './preview.ts';
import type { Snapshot } from './snapshot.ts';

const golden = join(import.meta.dirname, '../../../test/golden');
const manifests = globSync(join(golden, '{dev,production}/*.yaml'))
  .sort()
  .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest));
/** The gaps of one object by their fields: a field of the members of a list once. */
function gapsOf(manifest: Manifest): ReadonlyMap<string, Manifest> {
  return new Map([...gapsIn(manifest)].map(({ at, json }) => [at.replaceAll(/\.\d+\b/g, '[]'), json]));
}

/** Of each kind the object with most fields. */
const fullest = [...Map.groupBy(manifests, ({ kind }) => kind).values()].flatMap(
  (same) => same.toSorted((a, b) => gapsOf(b).size - gapsOf(a).size)[0] ?? [],
);

function snapshot(manifest: Manifest): Snapshot {
  const entry = { chart: 'c', path: 'p', why: 'prop', manifest };
  return { version: 'x', environments: { test: [entry] }, contracts: [] };
}

test.each(fullest)('law: a $kind in which any value is absent or null is compared with the whole one', (whole) => {
  const failed = [...gapsOf(whole)].flatMap(([at, json]) => {
    try {
      for (const [base, head] of [
        [whole, json],
        [json, whole],
      ] as const)
        makePreview({ base: snapshot(base), head: snapshot(head), time: new Date(0) });
      return [];
    } catch (error) {
      return [`${at}: ${error}`];
    }
  });
  expect(failed).toEqual([]);
});

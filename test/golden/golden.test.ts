import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Manifest, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from '../support/system.ts';
import { goldenFiles, whole } from './files.ts';

/** `npm run golden` sets it: the copies are written anew, to be reviewed as a diff. */
const UPDATE = process.env.UPDATE_GOLDEN === '1';

// Images are fixed ones, since the real ones change with every source.
describe.each(Object.values(environments))('golden copy of $name', (environment) => {
  const folder = join(import.meta.dirname, environment.name);
  const entries = synthesize(shop(environment, fixedImages)).objects;
  const files = goldenFiles(entries);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const there = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

  if (UPDATE) {
    rmSync(folder, { recursive: true, force: true });
    for (const [file, text] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  }

  test('has the same files as the synth; if the change is wanted, run `npm run golden` and commit it', () => {
    expect(existsSync(folder) ? there().sort() : []).toEqual([...files.keys()].sort());
  });

  test.each([...files])(
    '%s is unchanged; if the change is wanted, run `npm run golden` and commit it',
    (file, text) => {
      expect(text).toBe(read(file));
    },
  );

  test('law: the copy holds all that is deployed, to the letter', () => {
    const manifests = [...Map.groupBy(entries, ({ chart }) => chart).keys()].flatMap((chart) =>
      parseAllDocuments(read(`${chart}.yaml`)).map((document) => whole(document.toJS() as Manifest, read)),
    );
    const deployed = [...Map.groupBy(entries, ({ chart }) => chart).values()].flat().map(({ manifest }) => manifest);
    expect(manifests).toEqual(JSON.parse(JSON.stringify(deployed)));
  });
});

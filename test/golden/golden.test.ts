import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ManifestEntry, manifestsOf, toYaml } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from '../support/system.ts';

/** `npm run golden` sets it: the copies are written anew, to be reviewed as a diff. */
const UPDATE = process.env.UPDATE_GOLDEN === '1';

/** What `cdk8s synth` writes, by file, but for the images: those change with every source. */
function filesOf(entries: readonly ManifestEntry[]): Map<string, string> {
  const charts = Map.groupBy(entries, ({ chart }) => `${chart}.yaml`);
  return new Map([...charts].map(([file, own]) => [file, toYaml(own.map(({ manifest }) => manifest))]));
}

describe.each(Object.values(environments))('golden copy of $name', (environment) => {
  const folder = join(import.meta.dirname, environment.name);
  const files = filesOf(manifestsOf(shop(environment, fixedImages)));

  if (UPDATE) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of files) writeFileSync(join(folder, file), text);
  }

  test('has the same files as the synth; if the change is wanted, run `npm run golden` and commit it', () => {
    expect(existsSync(folder) ? readdirSync(folder).sort() : []).toEqual([...files.keys()].sort());
  });

  test.each([...files])(
    '%s is unchanged; if the change is wanted, run `npm run golden` and commit it',
    (file, text) => {
      expect(text).toBe(readFileSync(join(folder, file), 'utf8'));
    },
  );
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/jest';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { satisfies } from 'semver';
import type { Package } from '../describe/image.ts';
import { affects } from './affects.ts';
import { osv } from './osv.ts';

const lodash = (version: string): Package => ({
  ecosystem: 'npm',
  name: 'lodash',
  version,
  place: 'node_modules/lodash',
});
const affected = (...events: Record<string, string>[]) => ({
  package: { ecosystem: 'npm', name: 'lodash' },
  ranges: [{ type: 'SEMVER', events }],
});

describe('a version is affected', () => {
  test.each([
    ['below the fix', '4.17.20', true, affected({ introduced: '0' }, { fixed: '4.17.21' })],
    ['not by the fix itself', '4.17.21', false, affected({ introduced: '0' }, { fixed: '4.17.21' })],
    ['not before it came in', '3.9.9', false, affected({ introduced: '4.0.0' }, { fixed: '4.17.21' })],
    ['by the last affected one', '4.17.20', true, affected({ introduced: '0' }, { last_affected: '4.17.20' })],
    ['not after the last affected one', '4.17.21', false, affected({ introduced: '0' }, { last_affected: '4.17.20' })],
    [
      'when it came back after a fix',
      '6.0.1',
      true,
      affected({ introduced: '6.0.0' }, { fixed: '5.0.0' }, { introduced: '0' }),
    ],
    [
      'not between a fix and its return',
      '5.5.0',
      false,
      affected({ introduced: '6.0.0' }, { fixed: '5.0.0' }, { introduced: '0' }),
    ],
    ['as a release before the fix', '4.17.21-rc.1', true, affected({ introduced: '0' }, { fixed: '4.17.21' })],
    ['when it is listed', '1.2.3', true, { package: { ecosystem: 'npm', name: 'lodash' }, versions: ['1.2.3'] }],
    [
      'not as a package of another name',
      '1.2.3',
      false,
      { package: { ecosystem: 'npm', name: 'lodash-es' }, versions: ['1.2.3'] },
    ],
    [
      'not as a package of another ecosystem',
      '1.2.3',
      false,
      { package: { ecosystem: 'PyPI', name: 'lodash' }, versions: ['1.2.3'] },
    ],
  ])('%s', (_, version, is, entry) => {
    expect(affects(entry, lodash(version))).toBe(is);
  });

  test('as a Debian package, where the advisory lists it', () => {
    const libc: Package = { ecosystem: 'debian', name: 'glibc', version: '2.36-9', place: 'var/lib/dpkg/status' };
    expect(affects({ package: { ecosystem: 'Debian:12', name: 'glibc' }, versions: ['2.36-9'] }, libc)).toBe(true);
    expect(affects({ package: { ecosystem: 'Debian:11', name: 'glibc' }, versions: ['2.36-9'] }, libc)).toBe(false);
  });
});

const part = fc.nat({ max: 3 });
const versions = fc
  .tuple(part, part, part, fc.constantFrom('', '-alpha', '-rc.1'))
  .map(([a, b, c, early]) => `${a}.${b}.${c}${early}`);

law.prop([versions, versions, versions])(
  "law: a range from one version to its fix is what semver's own range is",
  (introduced, fixed, version) => {
    fc.pre(satisfies(introduced, `<${fixed}`, { includePrerelease: true }));
    const is = satisfies(version, `>=${introduced} <${fixed}`, { includePrerelease: true });
    expect(affects(affected({ introduced }, { fixed }), lodash(version))).toBe(is);
    expect(affects(affected({ fixed }, { introduced }), lodash(version))).toBe(is); // events come in any order
  },
);

describe('a folder of advisories', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'osv-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const look = (of: string | undefined = folder) =>
    osv(of).look({ root: '/nowhere', images: [], dockerfiles: [], published: [], locked: [lodash('4.17.11')] });
  const write = (name: string, advisory: unknown) => writeFile(join(folder, name), JSON.stringify(advisory));
  const GHSA = {
    id: 'GHSA-x',
    summary: 'prototype pollution',
    aliases: ['CVE-2019-1'],
    affected: [affected({ introduced: '0' }, { fixed: '4.17.12' })],
  };

  test('gives a finding with its other names, and the version to take', async () => {
    await write('a.json', { ...GHSA, database_specific: { severity: 'MODERATE' } });
    expect(await look()).toEqual({
      skipped: [],
      findings: [
        {
          id: 'GHSA-x',
          aliases: ['CVE-2019-1'],
          target: 'package-lock.json',
          subject: 'lodash@4.17.11',
          severity: 'medium',
          what: 'prototype pollution',
          fix: 'take lodash 4.17.12',
        },
      ],
    });
  });

  test('takes what nobody has judged as high, and malware as critical', async () => {
    await write('a.json', GHSA);
    await write('b.json', { ...GHSA, id: 'MAL-1' });
    expect((await look()).findings.map(({ severity }) => severity)).toEqual(['high', 'critical']);
  });

  test('passes over what was withdrawn', async () => {
    await write('a.json', { ...GHSA, withdrawn: '2026-01-01T00:00:00Z' });
    expect((await look()).findings).toEqual([]);
  });

  test.each([
    ['no JSON', '{', /a\.json[\s\S]*get it again/],
    ['of another shape', '{"id": 7}', /\/id must be string[\s\S]*a\.json/],
    [
      'of another shape inside',
      JSON.stringify({ ...GHSA, affected: [{ versions: 'all' }] }),
      /\/affected\/0\/versions must be array/,
    ],
  ])('is refused for a file that is %s, which is named', async (_, text, fault) => {
    await writeFile(join(folder, 'a.json'), text);
    await expect(look()).rejects.toThrow(fault);
  });

  test('is refused if it is not there, or empty: nothing would be looked for', async () => {
    await expect(look()).rejects.toThrow(/no JSON file/);
    await expect(look(join(folder, 'missing'))).rejects.toThrow(/can't be read/);
  });

  test('that is not named is said to be skipped, not to be clean', async () => {
    expect(
      (await osv(undefined).look({ root: '/', images: [], dockerfiles: [], published: [], locked: [] })).skipped,
    ).toMatchObject([{ what: 'osv' }]);
  });
});

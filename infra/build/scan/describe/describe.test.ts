import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { imageArchive } from '../testing/image-archive.ts';
import { describeArchive } from './from-archive.ts';
import { basesOf, describeDockerfile } from './from-dockerfile.ts';
import { isManifest } from './node-modules.ts';

const pino = JSON.stringify({ name: 'pino', version: '10.0.0', license: 'MIT', dependencies: { sonic: '*' } });
const look = async (...layers: Parameters<typeof imageArchive>[1][]) => {
  const { file, digest } = await imageArchive({ User: '1000', Env: ['A=b'] }, ...layers);
  return describeArchive('planted', `groundwork.local/planted:1@${digest}`, file, ['FROM scratch']);
};

describe('an archive', () => {
  test('tells user, environment, accounts, and files that run with rights of others', async () => {
    const image = await look({
      'etc/passwd': 'root:x:0:0::/:/bin/sh\n',
      'usr/bin/su': { text: '', mode: 0o4755 },
      'usr/bin/ls': '',
    });
    expect(image).toMatchObject({
      user: '1000',
      env: ['A=b'],
      accounts: ['root:x:0:0::/:/bin/sh'],
      healthcheck: false,
    });
    expect(image.files.filter(({ setId }) => setId)).toEqual([{ path: 'usr/bin/su', setId: true }]);
    expect(image.files.map(({ path }) => path)).toContain('usr/bin/ls');
  });

  test('tells the packages that npm and dpkg brought, and the Node that runs them', async () => {
    const { packages } = await look({
      'app/node_modules/pino/package.json': pino,
      'app/node_modules/pino/test/fixture/node_modules/fake/package.json': '{"name":"fake","version":"1.0.0"}',
      'app/node_modules/broken/package.json': '{',
      'var/lib/dpkg/status.d/libc6': 'Package: libc6\nVersion: 2.36-9\n\n',
      'var/lib/dpkg/status':
        'Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: libgcc\nStatus: install ok installed\nVersion: 12.2\n',
      'nodejs/bin/node': `\0\0${'x'.repeat(70_000)}https://nodejs.org/download/release/v24.21.0/node-v24.21.0.tar.gz\0`,
    });
    expect(packages.map(({ ecosystem, name, version }) => `${ecosystem} ${name} ${version}`).sort()).toEqual([
      'debian libc6 2.36-9',
      'debian libgcc 12.2',
      'generic node 24.21.0',
      'npm pino 10.0.0',
    ]);
    expect(packages.find(({ name }) => name === 'pino')).toMatchObject({
      license: 'MIT',
      needs: ['sonic'],
      place: 'app/node_modules/pino',
    });
  });

  test('is what is left when its layers lie on each other: later files count, and whiteouts take away', async () => {
    const { files, accounts } = await look(
      { 'etc/passwd': 'old', 'app/.env': 'SECRET=1', 'cache/a': '', 'cache/b/c': '', cached: '' },
      { 'etc/passwd': 'new', 'app/.wh..env': '', 'cache/.wh..wh..opq': '', 'cache/d': '' },
    );
    expect(files.map(({ path }) => path).sort()).toEqual(['cache/d', 'cached', 'etc/passwd']);
    expect(accounts).toEqual(['new']);
  });

  test('that is none is refused, and so is one without an image', async () => {
    const folder = temporaryFolder('no-archive');
    writeFileSync(join(folder, 'a.tar'), 'no archive at all');
    await expect(describeArchive('x', 'x', join(folder, 'a.tar'), [])).rejects.toThrow(/a\.tar[\s\S]*npm run release/);
    await expect(describeArchive('x', 'x', join(folder, 'missing.tar'), [])).rejects.toThrow(/can't be read/);
  });
});

test.each([
  ['app/node_modules/pino/package.json', true],
  ['app/node_modules/@scope/name/package.json', true],
  ['services/kit/node_modules/a/node_modules/b/package.json', true],
  ['app/node_modules/pino/test/package.json', false],
  ['app/node_modules/pino/test/node_modules/fake/package.json', false],
  ['app/services/users/package.json', false],
  ['app/my_node_modules/x/package.json', false],
])('%s is of a package that npm brought: %s', (path, is) => {
  expect(isManifest(path)).toBe(is);
});

describe('a Dockerfile', () => {
  const of = (...lines: string[]) => describeDockerfile('x', 'x:1', lines.join('\n'));

  test('tells of its last stage, and of stages that it is made from, and not of those that it copies from', () => {
    const { instructions, user, env } = of(
      'FROM node:24 AS base',
      'ENV A=1 B="two words"',
      'FROM node:24 AS build',
      'RUN sudo make',
      'FROM base',
      'COPY --from=build /x /x',
      'RUN apt-get update \\',
      '  && apt-get install -y x',
      'USER 1000',
    );
    expect(instructions).toEqual([
      'FROM node:24 AS base',
      'FROM node:24 AS build',
      'ENV A=1 B="two words"',
      'COPY /x /x',
      'RUN apt-get update && apt-get install -y x',
      'USER 1000',
    ]);
    expect({ user, env }).toEqual({ user: '1000', env: ['A=1', 'B=two words'] });
  });

  test('without a user has none, and HEALTHCHECK NONE is none', () => {
    expect(of('FROM x:1', 'HEALTHCHECK NONE')).toMatchObject({ user: '', healthcheck: false });
    expect(of('FROM x:1', 'HEALTHCHECK CMD true').healthcheck).toBe(true);
  });

  test('tells volumes in both their forms', () => {
    expect(of('FROM x:1', 'VOLUME /a /b', 'VOLUME ["/proc", "/c"]').volumes).toEqual(['/a', '/b', '/proc', '/c']);
  });

  test('names its bases with the defaults of its arguments', () => {
    expect(basesOf('ARG BASE=node:24@sha256:0a\nFROM $BASE AS one\nFROM one\nFROM $OTHER')).toEqual([
      'FROM node:24@sha256:0a AS one',
      'FROM $OTHER',
    ]);
  });
});

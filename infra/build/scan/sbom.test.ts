import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, test } from '@jest/globals';
import type { Package } from './describe/image.ts';
import { lockedPackages, readPackageLock, workspacePackages } from './describe/lock.ts';
import { purl, sbom } from './sbom.ts';

/** The schema is large, and compiled for each of them. */
const MINUTE = 60_000;

const lock = await readPackageLock(join(import.meta.dirname, '../../..'));
const npm = (name: string, version: string, place: string, more: Partial<Package> = {}): Package => ({
  ecosystem: 'npm',
  name,
  version,
  place,
  ...more,
});

interface Bom {
  readonly specVersion: string;
  readonly components: readonly {
    readonly purl: string;
    readonly 'bom-ref': string;
    readonly scope?: string;
    readonly licenses?: unknown;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}
const read = (text: string): Bom => JSON.parse(text) as Bom;

describe('an SBOM', () => {
  test.each([
    ['the lock file', lockedPackages(lock)],
    ['a service', workspacePackages(lock, 'services/users')],
    ['an image with nothing in it', []],
    [
      'odd names, versions and licenses',
      [npm('@a/b', '1.0.0+x y', 'node_modules/@a/b', { license: 'SEE LICENSE IN x' }), npm('c', '1', 'node_modules/c')],
    ],
  ])(
    "of %s is what CycloneDX's own schema of 1.6 allows",
    async (_, packages) => {
      const text = sbom({ name: 'users', type: 'container', version: 'sha256:0a', packages });
      expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
      expect(read(text).specVersion).toBe('1.6');
      expect(read(text).components ?? []).toHaveLength(packages.length);
    },
    MINUTE,
  );

  test(
    'the validator finds fault where there is one, so its silence means something',
    async () => {
      const text = sbom({ name: 'users', type: 'container', packages: [] }).replace('"container"', '"crate"');
      expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).not.toBeNull();
    },
    MINUTE,
  );

  test('is the same of the same packages, in whichever order they come', () => {
    const packages = workspacePackages(lock, 'services/catalog');
    const write = (of: readonly Package[]): string => sbom({ name: 'catalog', type: 'container', packages: of });
    expect(write([...packages].reverse())).toBe(write(packages));
  });

  test('tells which package loads which, the nearest one as Node does', () => {
    const packages = [
      npm('pino', '10.0.0', 'app/node_modules/pino', { needs: ['sonic', 'missing'] }),
      npm('sonic', '1.0.0', 'app/node_modules/sonic'),
      npm('sonic', '2.0.0', 'app/node_modules/pino/node_modules/sonic'),
    ];
    const { dependencies } = read(sbom({ name: 'users', type: 'container', packages }));
    expect(dependencies.find(({ ref }) => ref.startsWith('pkg:npm/pino@'))?.dependsOn).toEqual([
      'pkg:npm/sonic@2.0.0#app/node_modules/pino/node_modules/sonic',
    ]);
  });

  test('sets apart what is for development only', () => {
    const scopes = read(sbom({ name: 'lock', type: 'application', packages: lockedPackages(lock) })).components;
    expect(scopes.find((one) => one.purl.startsWith('pkg:npm/jest@'))?.scope).toBe('excluded');
    expect(scopes.find((one) => one.purl.startsWith('pkg:npm/fastify@'))?.scope).toBeUndefined();
  });
});

test.each([
  [npm('@fastify/cors', '11.0.0', ''), 'pkg:npm/%40fastify/cors@11.0.0'],
  [{ ...npm('libc6', '2.36-9+deb12u10', ''), ecosystem: 'debian' as const }, 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10'],
])('a package has the URL that tools know it by', (one, url) => {
  expect(purl(one)).toBe(url);
});

test('a service has no package of another service, of another platform, or of development', () => {
  const names = workspacePackages(lock, 'services/gateway').map(({ name }) => name);
  expect(names).toContain('fastify');
  expect(workspacePackages(lock, 'services/users').map(({ name }) => name)).toContain('@node-rs/argon2-linux-x64-gnu');
  expect(names.filter((name) => /argon2|darwin|musl|^jest$|^@types\/|cdk8s/.test(name))).toEqual([]);
});

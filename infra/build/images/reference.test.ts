import { fc, test as lawTest } from '@fast-check/jest';
import { ConfigurationError } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { catalog, type ThirdPartyImage } from './catalog.ts';
import { imageReference, mirrored } from './reference.ts';

test('a reference has the version and the digest', () => {
  expect(imageReference({ repository: 'docker.io/library/postgres', version: '15', digest: 'sha256:aa' })).toBe(
    'docker.io/library/postgres:15@sha256:aa',
  );
  expect(imageReference({ repository: 'groundwork.local/users', version: '1' })).toBe('groundwork.local/users:1');
});

test('a mirror prefixes the whole reference and does not change its digest', () => {
  expect(mirrored('docker.io/library/postgres:15@sha256:aa', 'mirror.example:5000')).toBe(
    'mirror.example:5000/docker.io/library/postgres:15@sha256:aa',
  );
});

test('without a mirror a reference is unchanged', () => {
  expect(mirrored('docker.io/library/postgres:15', undefined)).toBe('docker.io/library/postgres:15');
});

test.each(['https://mirror.example', 'mirror.example/', '', 'Mirror.example', 'mirror.example:port', 'a b'])(
  'rejects %j as a registry, with the expected format',
  (registry) => {
    expect(() => mirrored('docker.io/library/postgres:15', registry)).toThrow(ConfigurationError);
    expect(() => mirrored('docker.io/library/postgres:15', registry)).toThrow(/host\[:port\]/);
  },
);

lawTest.prop([fc.domain(), fc.option(fc.nat(65535)), fc.constantFrom(...Object.values(catalog))])(
  'law: a mirrored reference is the registry, a slash, and the reference unchanged',
  (host, port, image) => {
    const registry = port === null ? host.toLowerCase() : `${host.toLowerCase()}:${port}`;
    expect(mirrored(imageReference(image), registry)).toBe(`${registry}/${imageReference(image)}`);
  },
);

test.each(Object.entries<ThirdPartyImage>(catalog))(
  'law: %s is pinned by a digest, names its registry, and has its use and its license',
  (_, image) => {
    expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(image.repository).toMatch(/^[a-z0-9.-]+\.[a-z]+\//);
    expect(image.version).not.toBe('latest');
    expect(image.why.length).toBeGreaterThan(20);
    expect(image.license).not.toBe('');
  },
);

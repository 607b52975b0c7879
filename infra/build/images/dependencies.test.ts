import { describe, expect, test } from '@jest/globals';
import { reachableDependencies } from './dependencies.ts';

const lock = {
  packages: {
    'services/users': { version: '0.1.0', dependencies: { jose: '^6', '@shop/kit': '*' } },
    'services/catalog': { version: '0.1.0', dependencies: { sharp: '^1' } },
    'services/kit': { version: '0.1.0', dependencies: { fastify: '^5' } },
    'services/kit/node_modules/pino': { version: '9.0.0', integrity: 'sha512-nested' },
    'node_modules/@shop/kit': { resolved: 'services/kit', link: true },
    'node_modules/jose': { version: '6.0.0', integrity: 'sha512-jose' },
    'node_modules/fastify': {
      version: '5.0.0',
      integrity: 'sha512-fastify',
      dependencies: { pino: '*' },
      optionalDependencies: { fsevents: '*' },
    },
    'node_modules/pino': { version: '10.0.0', integrity: 'sha512-pino', peerDependencies: { jose: '*' } },
    'node_modules/sharp': { version: '1.0.0', integrity: 'sha512-sharp' },
    'node_modules/jest': { version: '30.0.0', integrity: 'sha512-jest' },
  },
};

describe('the reachable part of a lock file', () => {
  test('includes workspaces, peers and their dependencies, and no package that only others need', () => {
    expect(reachableDependencies(lock, 'services/users')).toEqual([
      'node_modules/@shop/kit -> services/kit',
      'node_modules/fastify 5.0.0 sha512-fastify',
      'node_modules/jose 6.0.0 sha512-jose',
      'node_modules/pino 10.0.0 sha512-pino',
      'services/kit 0.1.0 ',
      'services/users 0.1.0 ',
    ]);
  });

  test('prefers the nested package, as Node does', () => {
    const nested = {
      packages: { ...lock.packages, 'services/kit': { version: '0.1.0', dependencies: { pino: '*' } } },
    };
    expect(reachableDependencies(nested, 'services/kit')).toEqual([
      'services/kit 0.1.0 ',
      'services/kit/node_modules/pino 9.0.0 sha512-nested',
    ]);
  });

  test('accepts circular dependencies', () => {
    const circle = {
      packages: {
        a: { dependencies: { b: '*' } },
        'node_modules/b': { version: '1', dependencies: { c: '*' } },
        'node_modules/c': { version: '1', dependencies: { b: '*' } },
      },
    };
    expect(reachableDependencies(circle, 'a')).toEqual(['a  ', 'node_modules/b 1 ', 'node_modules/c 1 ']);
  });

  test('rejects a workspace that is not locked, with the fix', () => {
    expect(() => reachableDependencies(lock, 'services/orders')).toThrow(/services\/orders[\s\S]*npm install/);
  });
});

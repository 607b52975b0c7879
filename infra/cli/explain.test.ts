import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { explain } from './explain.ts';
import type { Program } from './program.ts';

const object = (kind: string, name: string): { manifest: Manifest; path: string; why: string } => ({
  manifest: { apiVersion: 'v1', kind, metadata: { name } },
  path: `users/${kind}`,
  why: `contract '${name}'`,
});
const program = {
  environments: { dev: { name: 'dev' } },
  localEnvironment: 'dev',
  compose: () => [object('Deployment', 'users'), object('Service', 'users')],
} as unknown as Program;

let printed: string[];
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('prints the cause and the place of one object, however its kind is written', () => {
  explain(program, 'deployment/users', { env: 'dev' });
  expect(printed).toEqual(["Deployment/users\n    why:  contract 'users'\n    tree: users/Deployment"]);
});

test('prints all when none is named', () => {
  explain(program, undefined, { env: 'dev' });
  expect(printed).toHaveLength(2);
});

test('an object that is not there is a mistake that proposes those of that name', () => {
  expect(() => explain(program, 'Pod/users', { env: 'dev' })).toThrow(
    /did you mean Deployment\/users or Service\/users\?/,
  );
});

test('an unknown environment is a mistake that lists those there are', () => {
  expect(() => explain(program, undefined, { env: 'test' })).toThrow(ConfigurationError);
});

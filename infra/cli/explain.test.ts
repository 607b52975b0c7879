import { ConfigurationError } from '@groundwork/contract';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { systemOf } from '../tools/testing/system-of.ts';
import { explain } from './explain.ts';
import type { Program } from './program.ts';

const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'users' } });
const program = {
  environments: { dev: { name: 'dev' } },
  localEnvironment: 'dev',
  compose: () => systemOf({ users: [object('Deployment'), object('Service')] }, "contract 'users'"),
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
  expect(printed).toEqual(["Deployment/users\n    why:  contract 'users'\n    tree: users/Deployment-users"]);
});

test('prints all when none is named', () => {
  explain(program, undefined, { env: 'dev' });
  expect(printed).toHaveLength(2);
});

test('an object that is not there is a mistake that proposes those of that name', () => {
  expect(() => explain(program, 'Pod/users', { env: 'dev' })).toThrow(
    /did you mean Service\/users or Deployment\/users\?/,
  );
});

test('an unknown environment is a mistake that lists those there are', () => {
  expect(() => explain(program, undefined, { env: 'test' })).toThrow(ConfigurationError);
});

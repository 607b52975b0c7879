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

test('prints the origin and path of one object, in any spelling of its kind', () => {
  explain(program, 'deployment/users', { env: 'dev' });
  expect(printed).toEqual(["Deployment/users\n    why:  contract 'users'\n    tree: users/Deployment-users"]);
});

test('prints all objects when none is named', () => {
  explain(program, undefined, { env: 'dev' });
  expect(printed).toHaveLength(2);
});

test('a missing object is an error that suggests objects of the same name', () => {
  expect(() => explain(program, 'Pod/users', { env: 'dev' })).toThrow(
    /did you mean Service\/users or Deployment\/users\?/,
  );
});

test('an unknown environment is an error that lists the known ones', () => {
  expect(() => explain(program, undefined, { env: 'test' })).toThrow(ConfigurationError);
});

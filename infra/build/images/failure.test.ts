import { expect, test } from '@jest/globals';
import { buildFailed, stepOf } from './failure.ts';

test.each([
  ['[1/3] STEP 4/9: RUN npm ci', 'RUN npm ci'],
  ['STEP 2/9: COPY a b', 'COPY a b'],
  ['#12 [packages 4/9] RUN npm ci', 'RUN npm ci'],
  ['#1 [internal] load build definition from Dockerfile', undefined],
  ['npm error code EUSAGE', undefined],
])('the step that starts with %j is %j', (line, step) => {
  expect(stepOf(line)).toBe(step);
});

test('a failed build is reported with the service, the step, and its last lines, not its first', () => {
  const output = [
    '[1/2] STEP 1/2: FROM base',
    '[1/2] STEP 2/2: RUN npm ci',
    ...Array.from({ length: 100 }, (_, i) => `line ${i}.`),
    '',
  ];
  const { where, message } = buildFailed('users', 'services/users/Dockerfile', output);
  expect(where).toBe("services/users/Dockerfile, step 'RUN npm ci'");
  expect(message).toContain("image 'users'");
  expect(message).toContain('line 99.');
  expect(message).not.toContain('line 5.');
});

test('a build that fails before its first step is reported as such', () => {
  expect(buildFailed('users', 'services/users/Dockerfile', ['Error: no such file']).where).toContain(
    'before its first step',
  );
});

test('of stages that run side by side, the step that failed is named, with its own output', () => {
  const output = [
    '#7 [packages 8/8] RUN npm ci',
    '#8 [sources 3/4] COPY services services',
    '#7 1.204 npm error code E404',
    '#9 [sources 4/4] RUN chmod -R u=rwX /app',
    '#9 0.310 changing modes',
    '#7 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
    '#9 CANCELED',
    'ERROR: failed to build',
  ];
  const { where, message } = buildFailed('users', 'services/users/Dockerfile', output);
  expect(where).toBe("services/users/Dockerfile, step 'RUN npm ci'");
  expect(message).toMatch(/ npm error code E404\n +ERROR: process/);
  expect(message).not.toContain('changing modes');
});

test('a base image that cannot be pulled is named', () => {
  const output = [
    '#2 [internal] load metadata for mirror.example:5000/node:24',
    '#3 [internal] load metadata for mirror.example:5000/runtime:24',
    '#3 ERROR: failed to do request: connection refused',
    '#2 ERROR: context canceled',
  ];
  const { where, message } = buildFailed('users', 'services/users/Dockerfile', output);
  expect(where).toContain("'load metadata for mirror.example:5000/runtime:24'");
  expect(message).toContain('connection refused');
});

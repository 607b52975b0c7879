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

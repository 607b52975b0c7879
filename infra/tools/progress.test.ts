import { expect, test } from '@jest/globals';
import { table } from './progress.ts';

test('columns are as wide as their widest cell, and lines have no trailing spaces', () => {
  expect(
    table([
      ['workload', 'ready'],
      ['Deployment/users', '2/2'],
      ['Job/x', ''],
    ]),
  ).toBe(['workload          ready', '----------------  -----', 'Deployment/users  2/2', 'Job/x'].join('\n'));
});

import { expect, test } from '@jest/globals';
import { table } from './table.ts';

test('columns are as wide as their widest cell, and lines end without blanks', () => {
  expect(
    table([
      ['workload', 'ready'],
      ['Deployment/users', '2/2'],
      ['Job/x', ''],
    ]),
  ).toBe(['workload          ready', '----------------  -----', 'Deployment/users  2/2', 'Job/x'].join('\n'));
});

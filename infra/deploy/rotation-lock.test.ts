import { expect, test } from '@jest/globals';
import { ROTATION_STEP, validateRotation } from './rotation-lock.ts';

test('a namespace whose authority is being rotated rejects deploys, and others accept them', () => {
  const namespace = (annotations: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop-dev', annotations },
  });
  expect(validateRotation(namespace({ [ROTATION_STEP]: '3' })).map(({ message }) => message)).toEqual([
    expect.stringMatching(/step 3 is running[\s\S]*at namespace shop-dev[\s\S]*rotate identity-authority/),
  ]);
  expect(validateRotation(namespace({}))).toEqual([]);
  expect(validateRotation(undefined)).toEqual([]);
});

import base from './jest.config.mjs';

/** The stacks on a real Pulumi engine and a real cluster: skipped where either is missing. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.pulumi.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 600_000,
};

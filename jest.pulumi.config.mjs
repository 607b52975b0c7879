import base from './jest.config.mjs';

/** The stacks on a real Pulumi engine and separate embedded clusters: as root on Linux, one file after the other. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.pulumi.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 600_000,
};

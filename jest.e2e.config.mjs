import base from './jest.config.mjs';

/** End to end, on a real cluster: slow, as root on Linux, one file after the other. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.e2e.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 300_000,
};

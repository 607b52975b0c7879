import base from './jest.config.mjs';

/** Six nodes of Kafka need a quiet machine: run by name only, `npm run test:e2e -- test/kafka`. */
const byName = process.argv.some((argument) => argument.includes('kafka')) ? [] : ['kafka\\.e2e'];

/** End to end, on a real cluster: slow, as root on Linux, one file after the other. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.e2e.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...byName],
  testTimeout: 300_000,
};

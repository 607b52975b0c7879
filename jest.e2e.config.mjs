import { availableParallelism } from 'node:os';
import base from './jest.config.mjs';

/** Six nodes of Kafka beside the shop: with fewer cores only when asked for by name, `npm run test:e2e -- test/kafka`. */
const kafka = availableParallelism() >= 4 || process.argv.some((argument) => argument.includes('kafka'));

/** End to end, on a real cluster: slow, as root on Linux, one file after the other. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.e2e.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...(kafka ? [] : ['kafka\\.e2e'])],
  testTimeout: 300_000,
};

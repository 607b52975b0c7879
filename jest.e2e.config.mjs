import { availableParallelism } from 'node:os';
import base from './jest.config.mjs';

/**
 * Clusters of several nodes beside the shop, and a Docker daemon that is compiled first: with fewer cores only when asked
 * for by name, `npm run test:e2e -- test/kafka`.
 */
const left =
  availableParallelism() >= 4
    ? []
    : ['cassandra', 'kafka', 'consul', 'docker'].filter(
        (name) => !process.argv.some((argument) => argument.includes(name)),
      );
for (const name of left)
  console.log(
    `skipped: test/${name}.e2e.test.ts, with fewer than 4 cores; by name it runs: npm run test:e2e -- test/${name}`,
  );

/** End to end, on a real cluster: slow, as root on Linux, one file after the other. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.e2e.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...left.map((name) => `${name}\\.e2e`)],
  testTimeout: 300_000,
};

/** Tests stand beside their sources; the tests of the whole are in test/. Needs node --experimental-vm-modules. */
export default {
  testEnvironment: '<rootDir>/test/support/jest/environment.ts',
  globalTeardown: '<rootDir>/test/support/jest/end.ts',
  testMatch: ['<rootDir>/{constructs,services,stacks,infra,test,examples}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(e2e|pulumi)\\.test\\.ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  // Jest's default leaves one core idle: with two cores all tests would run one after the other.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB', // of one that has grown beyond it a new one takes the place
  // Servers answer late on a busy machine, and no test asserts a time. It is longer than `until` waits, which says what it waits for.
  testTimeout: 120_000,
};

/** Tests stand beside their sources; the tests of the whole are in test/. Needs node --experimental-vm-modules. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{constructs,services,stacks,infra,test,examples}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(e2e|pulumi)\\.test\\.ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
};

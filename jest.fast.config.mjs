import base from './jest.config.mjs';
import { fastTests } from './test/support/jest/selection.ts';

/** Tests that need no server and no network. */
export default { ...base, testMatch: fastTests().map((file) => `<rootDir>/${file}`) };

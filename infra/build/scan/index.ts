/** Scan: what is wrong with what we ship, and what is in it. Start at `scan.ts`. */
export type { Exception } from './exceptions.ts';
export { runScan, type ScanProgram } from './run.ts';

/** Milliseconds from the last test to the end of the process, of which Jest itself needs one second at most. */
const TIMEOUT = 20_000;

/** After all tests: a process that can't end by itself fails instead of waiting for good, and says what is open. */
export default function endOrFail(): void {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ');
    console.error(`the tests have ended, and something is still open: ${open}`);
    process.exit(1);
  }, TIMEOUT).unref();
}

/** Milliseconds from the last test to the end of the process; Jest itself needs at most one second. */
const TIMEOUT = 20_000;

/** After all tests: fails a process that cannot exit by itself, and reports what is open. */
export default function endOrFail(): void {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ');
    console.error(`the tests have ended, and something is still open: ${open}`);
    process.exit(1);
  }, TIMEOUT).unref();
}

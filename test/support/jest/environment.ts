import { TestEnvironment } from 'jest-environment-node';
import { leftOpen, type OpenResources, openResources } from './open.ts';

/**
 * Milliseconds in which everything closes on a busy machine; `closeTimeout` in `testEnvironmentOptions` overrides it.
 */
const TIMEOUT = 10_000;

// Their first use opens a pipe that stays open: it belongs to the process, not to a test.
void [process.stdin, process.stdout, process.stderr];

/** Node's environment, which fails a test file that leaves something open that keeps the process running. */
export default class ClosingEnvironment extends TestEnvironment {
  readonly #timeout: number;
  #before: OpenResources = new Map();

  public constructor(...[config, context]: ConstructorParameters<typeof TestEnvironment>) {
    super(config, context);
    this.#timeout = Number(config.projectConfig.testEnvironmentOptions.closeTimeout ?? TIMEOUT);
  }

  public override async setup(): Promise<void> {
    await super.setup();
    this.#before = openResources();
  }

  /** @param state Jest's state; an error in it fails the file */
  public async handleTestEvent({ name }: { name: string }, state: { unhandledErrors: unknown[] }): Promise<void> {
    if (name !== 'run_finish') return;
    const left = await leftOpen(this.#before, this.#timeout);
    if (left.length === 0) return;
    const open = `the tests left something open that keeps the process running: ${left.join(', ')}`;
    const fix = 'close it in afterEach or afterAll; `npm test -- FILE --detectOpenHandles` says where it was opened';
    const error = new Error(`${open}; ${fix}`);
    error.stack = error.message; // the call stack is Jest's
    state.unhandledErrors.push(error);
  }
}

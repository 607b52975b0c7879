/** `node kafka-replay.ts FILE TOPIC [--dry-run]`: publishes the messages of a dead-letter topic to their topic again. */
import { isConfigurationError } from '@groundwork/contract';
import { kafkaDesiredState } from '@groundwork/contract/desired-state';
import { readDesiredState } from './desired-state.ts';
import { IDENTITY_DIR } from './identity.ts';
import { replay } from './kafka/replay.ts';
import { say } from './run.ts';

const [file = '', topic = '', option] = process.argv.slice(2);
const dryRun = option === '--dry-run';
// PID 1 of a container has no default handler for it.
process.once('SIGTERM', () => process.exit(143));
try {
  const desiredState = await readDesiredState(kafkaDesiredState, file);
  const { event, total, byReason } = await replay({ desiredState, identity: IDENTITY_DIR, topic, dryRun });
  const reasons = [...byReason].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const what = dryRun ? 'dead letters would be replayed' : 'dead letters were replayed';
  say(`${topic}: ${total} ${what} to ${event}${total === 0 ? '' : ` (${reasons})`}`);
} catch (error) {
  console.error(isConfigurationError(error) ? error.message : error);
  process.exitCode = 1;
}

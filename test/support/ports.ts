import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range that Linux takes the ports of outgoing connections from: a server that restarts gets its port again. */
const [FIRST, END] = [10_000, 32_768];

/** A free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch {
      // in use
    } finally {
      await new Promise((resolve) => void server.close(resolve));
    }
  }
}

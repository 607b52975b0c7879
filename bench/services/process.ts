import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../test/support/ports.ts';

/** A service in a separate process, as its image runs it; its log is written and discarded. */
export interface ServiceProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a service on free ports.
 * @param file path of its main module, relative to the root
 * @param env with TRUST_DOMAIN it uses mutual TLS; otherwise plain HTTP
 * @throws Error if the process exits before it listens
 */
export async function startService(file: string, env: Record<string, string> = {}): Promise<ServiceProcess> {
  const [port, probes, metrics] = [await freePort(), await freePort(), await freePort()];
  const ports = { PORT: `${port}`, PROBE_PORT: `${probes}`, METRICS_PORT: `${metrics}` };
  const child = spawn(process.execPath, [file], { env: { ENVIRONMENT: 'test', ...env, ...ports }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode} before it listened`);
    await delay(50);
  }
  return {
    url: `${'TRUST_DOMAIN' in env ? 'https' : 'http'}://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

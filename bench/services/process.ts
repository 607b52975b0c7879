import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../test/support/ports.ts';

/** A service in a process of its own, as its image runs it; what it logs is written, but kept by nobody. */
export interface ServiceProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param file path of its main module from the root. @throws Error when it ends instead of listening */
export async function startService(file: string, env: Record<string, string> = {}): Promise<ServiceProcess> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [file], { env: { ...env, PORT: `${port}`, ADMIN_PORT: `${adminPort}` }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode} before it listened`);
    await delay(50);
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

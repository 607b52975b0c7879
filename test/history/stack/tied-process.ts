import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that ends with this process, even when this process is killed. */
export interface TiedProcess {
  /** Kills it. */
  stop(): Promise<void>;
}

/** Starts a program without reading its output. */
export function startTied(program: string, args: readonly string[]): TiedProcess {
  // `cat` reads a pipe from this process: when this process ends, `cat` ends, and the program with it.
  const script = 'exec 3<&0; "$0" "$@" & server=$!; (cat <&3; kill -KILL $server) & wait $server';
  const running: ChildProcess = spawn('sh', ['-c', script, program, ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
  return {
    stop: async () => {
      if (running.exitCode !== null) return;
      const ended = once(running, 'exit');
      running.stdin?.end();
      await ended;
    },
  };
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A process of this machine that has a variable in its environment. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Arguments, the program first. */
  readonly command: readonly string[];
  /** Most memory that it had at once, in MB. */
  readonly peakMegabytes: number;
}

/** Processes whose environment has `NAME=value`. One that ends meanwhile is left out. */
export async function processesWith(variable: string): Promise<readonly RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const of = (file: string) => readFile(join('/proc', pid, file), 'utf8').catch(() => '');
      if (!(await of('environ')).split('\0').includes(variable)) return [];
      const [command, status] = [await of('cmdline'), await of('status')];
      const number = (field: string) => Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      return {
        pid: Number(pid),
        parent: number('PPid'),
        command: command.split('\0'),
        peakMegabytes: number('VmHWM') / 1024,
      };
    }),
  );
  return found.flat();
}

/** Result of work, and the most memory in MB that all processes with a variable had meanwhile, each at its peak. */
export async function withPeakMemory<T>(variable: string, work: () => Promise<T>) {
  const peaks = new Map<number, number>();
  let done = false;
  const watch = async () => {
    while (!done) {
      for (const { pid, peakMegabytes } of await processesWith(variable))
        peaks.set(pid, Math.max(peakMegabytes, peaks.get(pid) ?? 0));
      await setTimeout(500); // seldom enough not to slow down what is measured
    }
  };
  const watching = watch();
  const result = await work().finally(() => {
    done = true;
  });
  await watching;
  return { result, megabytes: Math.round([...peaks.values()].reduce((sum, peak) => sum + peak, 0)) };
}

import { Listr, PRESET_TIMER } from 'listr2';
import type { Progress } from './progress.ts';

/** One part of a long command, shown with its time. */
export interface Phase {
  readonly title: string;
  /** Does the work. A returned text replaces the title. */
  run(progress: Progress): Promise<string | undefined>;
}

/** Summary of a run of phases. */
export interface Report {
  readonly times: readonly { readonly title: string; readonly seconds: number }[];
  readonly notes: readonly string[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
}

/** A phase failed; `cause` is the error. */
export class PhaseFailed extends Error {
  public override readonly name = 'PhaseFailed';

  public constructor(title: string, seconds: number, cause: unknown) {
    super(`phase '${title}' failed after ${seconds.toFixed(1)} s`, { cause });
  }
}

/** Minimum interval between log lines that differ only in numbers. */
const LOG_EVERY_MS = 20_000;

/**
 * Runs phases one after the other, with live output in a terminal and one line per step in a log.
 * @throws PhaseFailed for the first failure; later phases don't run.
 */
export async function runPhases(phases: readonly Phase[]): Promise<Report> {
  const report: {
    times: { title: string; seconds: number }[];
    notes: string[];
    skipped: { what: string; why: string }[];
  } = { times: [], notes: [], skipped: [] };
  const tasks = phases.map((phase) => ({
    title: phase.title,
    task: async (_: unknown, task: { title?: string; output?: string }) => {
      const started = performance.now();
      const seconds = (): number => (performance.now() - started) / 1000;
      const show = (text: string): void => {
        task.output = text;
      };
      const step = process.stdout.isTTY ? show : throttled(show);
      const progress: Progress = {
        step,
        say: (text) => void report.notes.push(text),
        skipped: (what, why) => void report.skipped.push({ what, why }),
      };
      try {
        const done = await phase.run(progress);
        if (done !== undefined) task.title = `${phase.title}: ${done}`;
      } catch (error) {
        throw new PhaseFailed(phase.title, seconds(), error);
      }
      report.times.push({ title: phase.title, seconds: seconds() });
    },
  }));
  // The caller prints the error.
  const list = new Listr(tasks, {
    fallbackRenderer: 'simple',
    rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false, collapseErrors: true },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  });
  await list.run();
  return report;
}

/**
 * Filters repeated texts: passes a new text, or a new count such as `21 of 34`, but not other numbers, nor other details
 * after a colon or a semicolon.
 */
export function throttled(write: (text: string) => void, now: () => number = Date.now): (text: string) => void {
  let last = { gist: '', at: Number.NEGATIVE_INFINITY };
  return (text) => {
    const subject = text.replace(/[:;] .*/s, '');
    const count = /\d+ of \d+/.exec(subject)?.[0] ?? '';
    const gist = count + subject.replace(/\d+/g, '#').replace(/, (#m)?#s$/, '');
    if (gist === last.gist && now() - last.at < LOG_EVERY_MS) return;
    last = { gist, at: now() };
    write(text);
  };
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpMap } from '@pulumi/pulumi/automation/index.js';

const PAGE = join(import.meta.dirname, '../../docs/pulumi-real-engine.md');

/** What each step of a run on the real engine did, for the table of a name in docs/pulumi-real-engine.md. */
export class RunTable {
  readonly #name: string;
  readonly #rows: { readonly step: string; readonly result: string; readonly seconds: string }[] = [];

  public constructor(name: string) {
    this.#name = name;
  }

  /** Runs a step, and keeps what it changed and the seconds that it took. */
  public async step<T extends OpMap | { readonly changes: OpMap }>(step: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const done = await work();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const changes: OpMap = 'changes' in done ? done.changes : done;
    const result = Object.entries(changes).map(([what, count]) => `${count} ${what}`);
    this.#rows.push({ step, result: result.sort().join(', '), seconds });
    return done;
  }

  /**
   * The page's steps and results, and those of this run; seconds differ from run to run. With UPDATE_GOLDEN=1 the page is
   * written first.
   */
  public compared(): { readonly page: readonly string[]; readonly run: readonly string[] } {
    const [from, to] = [`<!-- run ${this.#name} -->\n`, `<!-- /run ${this.#name} -->`];
    const split = (): readonly [string, string, string] => {
      const text = readFileSync(PAGE, 'utf8');
      const [start, end] = [text.indexOf(from) + from.length, text.indexOf(to)];
      return [text.slice(0, start), text.slice(start, end), text.slice(end)];
    };
    if (process.env.UPDATE_GOLDEN === '1') {
      const lines = this.#rows.map(({ step, result, seconds }) => `| ${step} | ${result} | ${seconds} |\n`);
      const [before, , after] = split();
      writeFileSync(PAGE, `${before}| step | result | seconds |\n| --- | --- | --: |\n${lines.join('')}${after}`);
    }
    const page = split()[1].trim().split('\n').slice(2);
    return {
      page: page.map((line) => line.replace(/ \|[^|]*\|$/, '')),
      run: this.#rows.map(({ step, result }) => `| ${step} | ${result}`),
    };
  }
}

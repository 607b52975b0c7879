import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpMap } from '@pulumi/pulumi/automation/index.js';
import { withPeakMemory } from './processes.ts';

const PAGE = join(import.meta.dirname, '../../docs/pulumi-real-engine.md');

/** What each step of a run on the real engine did, for the table of a name in docs/pulumi-real-engine.md. */
export class RunTable {
  readonly #name: string;
  readonly #figures: readonly string[];
  readonly #rows: { readonly step: string; readonly result: string; readonly figures: readonly string[] }[] = [];

  /** @param figures titles of the columns that differ from run to run */
  public constructor(name: string, figures: readonly string[] = ['seconds', 'MB']) {
    this.#name = name;
    this.#figures = figures;
  }

  /**
   * Runs a step of a stack, and keeps what it changed, the seconds that it took, and the most memory of the processes that
   * Pulumi started.
   */
  public async step<T extends OpMap | { readonly changes: OpMap }>(
    step: string,
    { backend }: { readonly backend: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const started = performance.now();
    const { result, megabytes } = await withPeakMemory(backend, work);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const changes: OpMap = 'changes' in result ? result.changes : result;
    this.row(step, inWords(changes), [seconds, `${megabytes}`]);
    return result;
  }

  /** Keeps a step that ran. */
  public row(step: string, result: string, figures: readonly string[]): void {
    this.#rows.push({ step, result, figures });
  }

  /**
   * The page's steps and results, and those of this run, without its figures. With UPDATE_GOLDEN=1 the page is
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
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
      const head = line(['step', 'result', ...this.#figures]) + line(['---', '---', ...this.#figures.map(() => '--:')]);
      const lines = this.#rows.map(({ step, result, figures }) => line([step, result, ...figures]));
      const [before, , after] = split();
      writeFileSync(PAGE, before + head + lines.join('') + after);
    }
    const page = split()[1].trim().split('\n').slice(2);
    return {
      page: page.map((line) => line.split(' | ').slice(0, 2).join(' | ')),
      run: this.#rows.map(({ step, result }) => `| ${step} | ${result}`),
    };
  }
}

/** Numbers of resources by operation, such as `1 update, 171 same`. */
export const inWords = (changes: OpMap): string =>
  Object.entries(changes)
    .map(([what, count]) => `${count} ${what}`)
    .sort()
    .join(', ');

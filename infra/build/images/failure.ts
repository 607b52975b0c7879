import { ConfigurationError } from '@groundwork/contract';

/** Number of a build's last lines in an error: enough for npm's error message, not the whole build. */
const SHOWN = 15;

/** First line of a step in the output of buildah (`[1/2] STEP 4/9: RUN …`) and BuildKit (`#8 [build 4/9] RUN …`). */
const STEP = /^(?:(?:\[\d+\/\d+\] )?STEP \d+\/\d+: |#\d+ \[(?!internal)[^\]]+\] )(.+)$/;

/** The step that starts with this line of build output, such as `RUN npm ci`; undefined for any other line. */
export function stepOf(line: string): string | undefined {
  return STEP.exec(line)?.[1];
}

/** How BuildKit marks a failed step. It cancels those that ran beside it, and lists them as such. */
const FAILED = /^#(\d+) ERROR: (?!.*context canceled)/;

/** A failed step, and the end of its output. */
interface Failure {
  readonly step: string;
  readonly output: readonly string[];
}

/**
 * The step that failed. BuildKit runs stages side by side and numbers the lines of each step; buildah runs one step after
 * the other, so that the last one failed.
 */
function failureOf(output: readonly string[]): Failure {
  const number = output.map((line) => FAILED.exec(line)?.[1]).find((found) => found !== undefined);
  const last = output.map(stepOf).findLast((found) => found !== undefined) ?? 'before its first step';
  if (number === undefined) return { step: last, output };
  const lines = output.filter((line) => line.startsWith(`#${number} `)).map((line) => line.slice(number.length + 2));
  const header = /^\[[^\]]+\] (.+)$/;
  const step = lines.map((line) => header.exec(line)?.[1]).find((found) => found !== undefined) ?? last;
  const said = lines.filter((line) => !header.test(line) && line !== '...');
  return { step, output: said.map((line) => line.replace(/^\d+\.\d+ /, '')) }; // without the seconds since its start
}

/** The error of a failed build: the image, the step of its Dockerfile, and the last lines of output. */
export function buildFailed(image: string, dockerfile: string, output: readonly string[]): ConfigurationError {
  const failure = failureOf(output);
  const last = failure.output.filter((line) => line.trim() !== '').slice(-SHOWN);
  return new ConfigurationError({
    code: 'image-build-failed',
    where: `${dockerfile}, step '${failure.step}'`,
    problem: `image '${image}' could not be built:\n${last.map((line) => `      ${line}`).join('\n')}`,
    fix: 'fix that step; the lines above are the last of its output',
  });
}

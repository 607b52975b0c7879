import { ConfigurationError } from '@groundwork/contract';

/** Number of a build's last lines in an error: enough for npm's error message, not the whole build. */
const SHOWN = 15;

/** First line of a step in the output of buildah (`[1/2] STEP 4/9: RUN …`) and BuildKit (`#8 [build 4/9] RUN …`). */
const STEP = /^(?:(?:\[\d+\/\d+\] )?STEP \d+\/\d+: |#\d+ \[(?!internal)[^\]]+\] )(.+)$/;

/** The step that starts with this line of build output, such as `RUN npm ci`; undefined for any other line. */
export function stepOf(line: string): string | undefined {
  return STEP.exec(line)?.[1];
}

/** The error of a failed build: the image, the step of its Dockerfile, and the last lines of output. */
export function buildFailed(image: string, dockerfile: string, output: readonly string[]): ConfigurationError {
  const last = output.filter((line) => line.trim() !== '').slice(-SHOWN);
  const step = output.map(stepOf).findLast((found) => found !== undefined) ?? 'before its first step';
  return new ConfigurationError({
    code: 'image-build-failed',
    where: `${dockerfile}, step '${step}'`,
    problem: `image '${image}' could not be built:\n${last.map((line) => `      ${line}`).join('\n')}`,
    fix: 'fix that step; the lines above are the last of its output',
  });
}

import { Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { rated } from '../finding.ts';
import { run } from './command.ts';
import { listOf, type Outcome, type ScannedImage, type Tool } from './tool.ts';

const REPORT = Type.Object({
  details: Type.Array(
    Type.Object({ code: Type.String(), title: Type.String(), level: Type.String(), alerts: listOf(Type.String()) }),
  ),
});

/** Levels that are findings; PASS, SKIP and IGNORE are not. */
const LEVELS = ['FATAL', 'WARN', 'INFO'];

/** Checks a variable of the calling shell (content trust), not the image. */
const NOT_OF_IMAGES = 'CIS-DI-0005';

/** Best practices for images: the CIS Docker benchmark, and Dockle's own checkpoints. */
export const dockle: Tool = {
  name: 'dockle',
  program: 'dockle',
  fix: 'install Dockle (https://github.com/goodwithtech/dockle) or Go, which builds it; allow access to registries',
  async look({ images, work }) {
    const outcomes: Outcome[] = [];
    for (const image of images) outcomes.push(await report(image, work));
    return outcomes;
  },
};

async function report({ name, at }: ScannedImage, work: string): Promise<Outcome> {
  const args = ['--format', 'json', '--exit-code', '0', '--ignore', NOT_OF_IMAGES, ...at];
  const printed = await run('dockle', args, work);
  if ('failed' in printed) return { skipped: [{ what: `dockle on ${name}`, reason: printed.failed }] };
  const known = 'use a Dockle that prints details, such as 0.4.15';
  const { details } = wellFormed(`dockle on ${name}`, REPORT, printed.stdout, known);
  return {
    findings: details
      .filter(({ level }) => LEVELS.includes(level))
      .flatMap(({ code, title, level, alerts = [] }) =>
        alerts.map((alert) => ({
          id: code,
          target: name,
          subject: alert,
          ...rated('dockle', level),
          what: title,
          fix: `see ${code} in Dockle's list of checkpoints`,
        })),
      ),
  };
}

import { Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import type { Severity } from '../finding.ts';
import { run } from './command.ts';
import { type Outcome, type ScannedImage, skipped, type Tool, together } from './tool.ts';
import { dockerArchive } from './unpacked.ts';

const MEND =
  'have Dockle on the path (https://github.com/goodwithtech/dockle), or Go, and let it reach registries; the checks done here are the same list';

const REPORT = Type.Object({
  details: Type.Array(
    Type.Object({
      code: Type.String(),
      title: Type.String(),
      level: Type.String(),
      alerts: Type.Optional(Type.Array(Type.String())),
    }),
  ),
});

/** As the checks done here have them; what is not in this list is no finding: PASS, SKIP and IGNORE. */
const LEVELS: Readonly<Record<string, Severity>> = { FATAL: 'high', WARN: 'medium', INFO: 'low' };

/** Looks at a variable of the shell that starts it, not at the image; the check done here asks for digests. */
const NOT_OF_IMAGES = 'CIS-DI-0005';

/** Dockle itself, whose checkpoints are also done here. */
export const dockle: Tool = {
  name: 'dockle',
  async look({ images, published }) {
    if ('missing' in (await run('dockle', ['--version']))) return skipped('dockle', 'it is not on the path', MEND);
    const outcomes: Outcome[] = [];
    for (const image of images) outcomes.push(await lookInto(image));
    for (const { name, reference } of published) outcomes.push(await report(name, [reference]));
    return together(outcomes);
  },
};

async function lookInto({ description: { name }, archive }: ScannedImage): Promise<Outcome> {
  if (archive === undefined)
    return skipped('dockle', 'no image of it is built here', 'run npm run release first', name);
  return dockerArchive(archive, (file) => report(name, ['--input', file]));
}

async function report(name: string, image: readonly string[]): Promise<Outcome> {
  const printed = await run('dockle', ['--format', 'json', '--exit-code', '0', '--ignore', NOT_OF_IMAGES, ...image]);
  if (!('stdout' in printed))
    return skipped('dockle', 'failed' in printed ? printed.failed : 'it is not on the path', MEND, name);
  const { details } = wellFormed(
    `dockle on ${name}`,
    REPORT,
    printed.stdout,
    'use a Dockle that prints details, such as 0.4.15',
  );
  return {
    skipped: [],
    findings: details.flatMap(({ code, title, level, alerts = [] }) => {
      const severity = LEVELS[level];
      if (severity === undefined) return [];
      return alerts.map((alert) => ({
        id: code,
        target: name,
        subject: alert,
        severity,
        what: title,
        fix: `see ${code} in Dockle's list of checkpoints`,
      }));
    }),
  };
}

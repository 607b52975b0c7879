import type { Exception } from './exceptions.ts';
import type { ScanFinding } from './finding.ts';
import type { Scan } from './scan.ts';
import type { Subject } from './tools/tool.ts';

/** Formats the report of a scan: findings that fail the gate first, and always what was skipped. */
export function report({ images, dockerfiles }: Subject, scan: Omit<Scan, 'sboms'>): string {
  const { open, excepted, expired, unused, skipped, closing, failOn } = scan;
  const ours = images.filter(({ ours }) => ours).map(({ name }) => name);
  const published = images.length - ours.length;
  const sections = [
    [
      `Scanned: images ${ours.join(', ') || 'none'}; ${published} published images; ${dockerfiles.length} Dockerfiles; package-lock.json.`,
    ],
    titled('Findings', open.map(line)),
    titled(
      'Excepted',
      [...Map.groupBy(excepted, ({ by }) => by)].map(([by, all]) => {
        const places = all.map(({ finding: { target, subject } }) => `${target} › ${subject}`);
        return `${by.id} in ${places.join(', ')}: ${by.reason} (until ${by.expires})`;
      }),
    ),
    titled(
      'Expired exceptions',
      expired.map((one) => `${named(one)} expired on ${one.expires}: fix it, or review it and set a later day`),
    ),
    titled(
      'Unused exceptions',
      unused.map((one) => `${named(one)}: remove it, unless it is for something that was skipped`),
    ),
    [...Map.groupBy(skipped, ({ reason, fix }) => `${reason}. fix: ${fix}`)].map(
      ([why, all]) => `skipped: ${all.map(({ what }) => what).join(', ')}, because ${why}`,
    ),
    [
      closing.length === 0
        ? `Nothing of severity ${failOn} or worse${skipped.length === 0 ? '' : ', in what was scanned'}.`
        : `${closing.length} of severity ${failOn} or worse: fix them, or add exceptions with a reason and a last day.`,
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function line({ id, target, subject, severity, rated, what, fix }: ScanFinding): string {
  return `${severity.padEnd(8)} ${id} in ${target} › ${subject}: ${what} (${rated}). fix: ${fix}`;
}

function named({ id, target, subject }: Exception): string {
  return [id, target, subject].filter((part) => part !== undefined).join(' › ');
}

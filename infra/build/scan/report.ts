import type { Exception } from './exceptions.ts';
import type { ScanFinding } from './finding.ts';
import type { Scan } from './scan.ts';
import type { Subject } from './tools/tool.ts';

/** What a scan says to people: what closes the gate first, and what nobody could look at never left out. */
export function report(
  { images, dockerfiles, published, locked }: Subject,
  { open, excepted, expired, unused, skipped, closing, failOn }: Scan,
): string {
  const names = images.map(({ description: { name }, archive }) =>
    archive === undefined ? `${name} (its Dockerfile)` : name,
  );
  const sections = [
    [
      `Scanned: images ${names.join(', ')}; Dockerfiles ${dockerfiles.map(({ name }) => name).join(', ')}; ${published.length} images of others, by Trivy and Dockle alone; ${locked.length} locked packages.`,
    ],
    titled('Findings', open.map(reported)),
    titled(
      'Let pass',
      [...new Set(excepted.map(({ by }) => by))].map((by) => {
        const places = excepted
          .filter((one) => one.by === by)
          .map(({ finding: { target, subject } }) => `${target} › ${subject}`);
        return `${by.id} in ${places.join(', ')}: ${by.reason} (until ${by.expires})`;
      }),
    ),
    titled(
      'Exceptions that are over',
      expired.map((one) => `${named(one)} held until ${one.expires}: fix it, or decide again and name a later day`),
    ),
    titled(
      'Exceptions that nothing here needs',
      unused.map((one) => `${named(one)}: drop it, unless what was skipped needs it`),
    ),
    [...Map.groupBy(skipped, ({ recordOrigin, fix }) => `${recordOrigin}. fix: ${fix}`)].map(
      ([why, all]) => `skipped: ${all.map(({ what }) => what).join(', ')}, because ${why}`,
    ),
    [
      closing.length === 0
        ? `Nothing of severity ${failOn} or worse${skipped.length === 0 ? '' : ', in what was looked at'}.`
        : gate(closing.length, failOn),
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function gate(count: number, failOn: string): string {
  return `${count} ${count === 1 ? 'finding' : 'findings'} of severity ${failOn} or worse: fix them, or except them with a reason and a day.`;
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function reported(finding: ScanFinding): string {
  return `${finding.severity.padEnd(8)} ${place(finding)}: ${finding.what}. fix: ${finding.fix}`;
}

function place({ id, target, subject }: ScanFinding): string {
  return `${id} in ${target} › ${subject}`;
}

function named({ id, target, subject }: Exception): string {
  return [id, target, subject].filter((part) => part !== undefined).join(' › ');
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { rated, type ScanFinding } from '../finding.ts';
import { run } from './command.ts';
import { LOCK_FILE, listOf, NO_FIX, type Outcome, type ScannedImage, type Subject, type Tool } from './tool.ts';

const text = Type.String();
const optional = Type.Optional(text);

/** The fields of Trivy's report that are read. @see trivy image --format json, SchemaVersion 2 */
const RESULT = Type.Object({
  Target: text,
  Packages: listOf(Type.Unknown()),
  MisconfSummary: Type.Optional(Type.Object({ Successes: Type.Number(), Failures: Type.Number() })),
  Vulnerabilities: listOf(
    Type.Object({
      VulnerabilityID: text,
      VendorIDs: listOf(text),
      PkgName: text,
      InstalledVersion: optional,
      FixedVersion: optional,
      Severity: text,
      Title: optional,
    }),
  ),
  Secrets: listOf(Type.Object({ RuleID: text, Severity: text, Title: text })),
  Misconfigurations: listOf(
    Type.Object({ ID: text, Title: text, Message: text, Resolution: optional, Severity: text, Status: text }),
  ),
});
const REPORT = Type.Object({ SchemaVersion: Type.Literal(2), Results: listOf(RESULT) });
type Result = Static<typeof RESULT>;

const BOM = Type.Object({
  bomFormat: Type.Literal('CycloneDX'),
  components: Type.Array(Type.Object({ type: text, purl: optional }), { minItems: 1 }),
});

const KNOWN = 'use a Trivy whose report has SchemaVersion 2, such as 0.67.2';

/** Vulnerabilities, secrets in images, misconfiguration in Dockerfiles, and SBOMs of images. */
export const trivy: Tool = {
  name: 'trivy',
  program: 'trivy',
  fix: 'install Trivy (https://trivy.dev) or Go, which builds it; allow access to its database, or pass one with --db',
  async look(subject) {
    const { images, dockerfiles, root, work, db } = subject;
    const outcomes: Outcome[] = [];
    const look = async (target: string, args: readonly string[], looked?: (result: Result) => boolean) =>
      outcomes.push(await report(target, args, work, looked));
    // An empty cache, for the checks embedded in this Trivy instead of downloaded ones.
    const checks = ['config', '--cache-dir', 'no-cache', '--skip-check-update'];
    for (const path of dockerfiles) await look(path, [...checks, join(root, path)], checked);
    const secrets = ['image', '--scanners', 'secret', '--image-config-scanners', 'secret'];
    for (const image of images.filter(({ ours }) => ours)) {
      await look(image.name, [...secrets, ...image.at]);
      outcomes.push(await sbom(image, work));
    }
    const missing = await databaseFault(subject);
    if (missing !== undefined) {
      const all = [LOCK_FILE, ...images.map(({ name }) => name)].join(', ');
      return [...outcomes, skipped(`vulnerabilities of ${all}`, `it has no vulnerability database: ${missing}`)];
    }
    const known = ['--scanners', 'vuln', '--skip-db-update', ...(db === undefined ? [] : ['--cache-dir', db])];
    await look(LOCK_FILE, ['filesystem', ...known, '--include-dev-deps', LOCK_FILE], listed);
    // Unfixed vulnerabilities of a third-party image are for its publisher to fix.
    for (const { name, ours, at } of images)
      await look(name, ['image', ...known, ...(ours ? [] : ['--ignore-unfixed']), ...at], listed);
    return outcomes;
  },
};

/** Why there is no vulnerability database; undefined if there is one. */
async function databaseFault({ db, work }: Subject): Promise<string | undefined> {
  if (db !== undefined)
    return ['trivy.db', 'metadata.json'].every((file) => existsSync(join(db, 'db', file)))
      ? undefined
      : `${db} has no db/trivy.db with a db/metadata.json`;
  const printed = await run('trivy', ['image', '--quiet', '--download-db-only'], work);
  return 'failed' in printed ? printed.failed : undefined;
}

/** Whether it found packages. */
function listed({ Packages = [] }: Result): boolean {
  return Packages.length > 0;
}

/** Whether the file was recognized as a Dockerfile, and checked. */
function checked({ MisconfSummary }: Result): boolean {
  return MisconfSummary !== undefined && MisconfSummary.Successes + MisconfSummary.Failures > 0;
}

/** @param looked whether a result proves that something was scanned. @default not checked, as for secrets, which leave no trace */
async function report(
  target: string,
  [command = '', ...args]: readonly string[],
  work: string,
  looked?: (result: Result) => boolean,
): Promise<Outcome> {
  const printed = await runWithoutJava(target, [command, '--quiet', '--format', 'json', ...args], work);
  if (!('stdout' in printed)) return printed;
  const { Results = [] } = wellFormed(`trivy on ${target}`, REPORT, printed.stdout, KNOWN);
  const findings = Results.flatMap((result) => findingsOf(target, result));
  const unread = looked === undefined || Results.some(looked) ? [] : skipped(target, UNRECOGNIZED).skipped;
  return { findings, skipped: [...printed.skipped, ...unread] };
}

const UNRECOGNIZED = 'it recognized neither packages nor instructions in it';

/**
 * Runs Trivy, and again without Java archives if it fails: for a single one it needs a separate database, and without
 * that it reports nothing of the image, so the archives are what is skipped.
 */
async function runWithoutJava(target: string, args: readonly string[], work: string) {
  const printed = await run('trivy', args, work);
  if (!('failed' in printed)) return { stdout: printed.stdout, skipped: [] };
  const archives = ['jar', 'war', 'ear', 'par'].flatMap((extension) => ['--skip-files', `**/*.${extension}`]);
  const again = args[0] === 'image' ? await run('trivy', [...args, ...archives], work) : printed;
  if ('failed' in again) return skipped(target, printed.failed);
  return { stdout: again.stdout, ...skipped(`Java archives of ${target}`, printed.failed) };
}

function findingsOf(target: string, result: Result): ScanFinding[] {
  const { Target, Vulnerabilities = [], Secrets = [], Misconfigurations = [] } = result;
  return [
    ...Vulnerabilities.map((one) => ({
      id: one.VulnerabilityID,
      aliases: (one.VendorIDs ?? []).filter((id) => id.startsWith('GHSA-')), // a distribution's id covers several vulnerabilities
      target,
      subject: `${one.PkgName}@${one.InstalledVersion ?? ''}`,
      ...rated('trivy', one.Severity),
      what: one.Title ?? 'known vulnerability',
      fix: one.FixedVersion ? `update ${one.PkgName} to ${one.FixedVersion}` : NO_FIX,
    })),
    ...Secrets.map(({ RuleID, Severity, Title }) => ({
      id: RuleID,
      target,
      subject: Target,
      ...rated('trivy', Severity),
      what: `it contains what looks like a secret: ${Title}`,
      fix: 'remove it from the image, and rotate the secret',
    })),
    ...Misconfigurations.filter(({ Status }) => Status === 'FAIL').map((one) => ({
      id: one.ID.replace(/^DS(\d+)$/, (_, digits: string) => `DS-${digits.padStart(4, '0')}`), // the format since 0.68
      target,
      subject: one.Message,
      ...rated('trivy', one.Severity),
      what: one.Title,
      fix: one.Resolution ?? `see ${one.ID} of Trivy's checks`,
    })),
  ];
}

/** CycloneDX of an image; a base image without a list of its system packages is reported. */
async function sbom({ name, at }: ScannedImage, work: string): Promise<Outcome> {
  const printed = await runWithoutJava(
    `the SBOM of ${name}`,
    ['image', '--quiet', '--format', 'cyclonedx', ...at],
    work,
  );
  if (!('stdout' in printed)) return printed;
  const { components } = wellFormed(`trivy's SBOM of ${name}`, BOM, printed.stdout, KNOWN);
  const system = components.some(({ purl = '' }) => /^pkg:(deb|apk|rpm)\//.test(purl));
  const unlisted = system ? [] : skipped(`system packages of ${name}`, 'the base image has no list of them').skipped;
  return { sboms: { [`${name}.cdx.json`]: `${printed.stdout}\n` }, skipped: [...printed.skipped, ...unlisted] };
}

function skipped(what: string, reason: string) {
  return { skipped: [{ what: `trivy on ${what}`, reason }] };
}

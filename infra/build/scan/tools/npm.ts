import { Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { rated } from '../finding.ts';
import { type Printed, run } from './command.ts';
import { LOCK_FILE, type Tool } from './tool.ts';

const KNOWN = 'use npm 10 or 11';
const text = Type.String();

const FAILURE = Type.Object({ error: Type.Optional(Type.Object({ summary: text })) });
const BOM = Type.Object({
  bomFormat: Type.Literal('CycloneDX'),
  components: Type.Array(Type.Unknown(), { minItems: 1 }),
});
const SIGNED = Type.Array(Type.Object({ name: text, version: text }));
const SIGNATURES = Type.Object({ invalid: SIGNED, missing: SIGNED });

/** The lock file's SBOM. */
export const npmSbom: Tool = {
  name: 'npm-sbom',
  program: 'npm',
  fix: 'run npm install, which updates the lock file to match package.json; use npm 10 or 11',
  async look({ root }) {
    const printed = await npm(root, 'sbom', '--package-lock-only', '--sbom-format', 'cyclonedx');
    if ('failed' in printed) return [{ skipped: [{ what: `the SBOM of ${LOCK_FILE}`, reason: printed.failed }] }];
    wellFormed('npm sbom', BOM, printed.stdout, KNOWN);
    return [{ sboms: { [LOCK_FILE.replace('.json', '.cdx.json')]: `${printed.stdout}\n` } }];
  },
};

/** Verifies that installed packages match the signatures of their registry. */
export const npmSignatures: Tool = {
  name: 'npm-signatures',
  program: 'npm',
  fix: 'run it where the package registry publishes its keys; a mirror that only serves packages does not',
  async look({ root }) {
    // One attempt: if the registry is unreachable, retries do not help.
    const printed = await npm(root, 'audit', 'signatures', '--fetch-retries=0');
    if ('failed' in printed) return [{ skipped: [{ what: 'npm-signatures', reason: printed.failed }] }];
    const { invalid, missing } = wellFormed('npm audit signatures', SIGNATURES, printed.stdout, KNOWN);
    const found = (id: string, word: string, what: string) => (one: { name: string; version: string }) => ({
      id,
      target: LOCK_FILE,
      subject: `${one.name}@${one.version}`,
      ...rated('npm', word),
      what,
      fix: 'remove it from node_modules and the lock file, and find out where it came from',
    });
    return [
      {
        findings: invalid.map(
          found('invalid-signature', 'critical', 'it does not match the signature of its registry'),
        ),
      },
      {
        findings: missing.map(
          found('missing-signature', 'moderate', 'it has no signature, although its registry signs packages'),
        ),
      },
    ];
  },
};

/** Runs npm, which prints failures as JSON too. */
async function npm(root: string, ...args: readonly string[]): Promise<Printed> {
  const printed = await run('npm', [...args, '--json'], root, [0, 1]);
  if ('failed' in printed) return printed;
  if (printed.stdout === '') return { failed: 'it printed nothing' };
  const { error } = wellFormed(`npm ${args[0]}`, FAILURE, printed.stdout, KNOWN);
  return error === undefined ? printed : { failed: error.summary.split('\n', 1).join('') };
}

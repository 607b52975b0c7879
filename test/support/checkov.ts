import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Manifest, toYaml } from '@groundwork/constructs';
import { execa } from 'execa';
import { pythonTools } from './python-tools.ts';
import type { ScannerFinding } from './scanner.ts';

/** Checkov and its dependencies, each pinned to one version. */
const PACKAGES = join(import.meta.dirname, 'checkov.txt');

interface Report {
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly file_path: string;
      readonly resource: string;
    }[];
  };
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
}

/** Findings of Checkov, and the number of passed checks. */
export interface Checked {
  readonly findings: readonly ScannerFinding[];
  readonly passed: number;
}

/** Runs Checkov once for all environments, because its start is slow; without network. */
export async function checkov(environments: Readonly<Record<string, readonly Manifest[]>>): Promise<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'checkov-'));
  try {
    for (const [name, manifests] of Object.entries(environments))
      await writeFile(join(folder, `${name}.yaml`), toYaml(manifests));
    const options = [
      '--framework',
      'kubernetes',
      '--skip-download',
      '--skip-results-upload',
      '--compact',
      '--quiet',
      '--soft-fail',
      '--output',
      'json',
    ];
    const { stdout } = await execa(
      join(await pythonTools(await readFile(PACKAGES, 'utf8')), 'python'),
      ['-m', 'checkov.main', '--directory', folder, ...options],
      {
        env: { CKV_IGNORE_HIDDEN_DIRECTORIES: 'false' },
      },
    );
    const { results, summary } = JSON.parse(stdout) as Report;
    if (summary.parsing_errors > 0) throw new Error(`Checkov can't read ${summary.parsing_errors} files`);
    const findings = results.failed_checks.map(({ check_id, check_name, file_path, resource }) => {
      const [kind, , name] = resource.split('.'); // Kind.namespace.name
      return {
        check: `${check_id}: ${check_name}`,
        environment: basename(file_path, '.yaml'),
        object: `${kind}/${name}`,
      };
    });
    return { findings, passed: summary.passed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

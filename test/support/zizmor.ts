import { join } from 'node:path';
import { execa } from 'execa';
import { pythonTools } from './python-tools.ts';

/** Its packages on PyPI, by processor; each is one program without dependencies, and pip verifies the hashes. */
const ZIZMOR = [
  'zizmor==1.32.0',
  '--hash=sha256:84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071', // Linux, x86-64
  '--hash=sha256:0cdd38fca6eb34ceb567548548d706332e3535ea66894b9168c048e03207b68c', // Linux, arm64
].join(' ');

/** A finding of zizmor. */
export interface Finding {
  readonly ident: string;
  readonly desc: string;
  readonly determinations: { readonly severity: string };
  /** Whether a comment with a reason suppresses it. */
  readonly ignored: boolean;
}

/** Runs zizmor on workflows with its strictest checks, without network. */
export async function zizmor(paths: readonly string[]): Promise<readonly Finding[]> {
  const options = [
    '--offline',
    '--no-progress',
    '--quiet',
    '--persona',
    'pedantic',
    '--format',
    'json',
    '--no-exit-codes',
  ];
  const { stdout } = await execa(join(await pythonTools(`${ZIZMOR}\n`, '--require-hashes'), 'zizmor'), [
    ...options,
    ...paths,
  ]);
  return JSON.parse(stdout) as Finding[];
}

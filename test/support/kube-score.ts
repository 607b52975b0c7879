import { type Manifest, toYaml } from '@groundwork/constructs';
import { execa } from 'execa';
import { goTool } from './go-tool.ts';
import type { ScannerFinding } from './scanner.ts';

const KUBE_SCORE = 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0';

/** Grade of a passed check; lower grades are warnings and errors. */
const PERFECT = 10;

interface Scored {
  readonly object_meta: { readonly name: string };
  readonly type_meta: { readonly kind: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** Runs kube-score with its default checks. A finding is `check: message`. */
export async function kubeScore(
  environment: string,
  manifests: readonly Manifest[],
): Promise<readonly ScannerFinding[]> {
  const { stdout, stderr } = await execa(
    await goTool(KUBE_SCORE),
    ['score', '--kubernetes-version', 'v1.36', '--output-format', 'json', '-'],
    {
      input: toYaml(manifests),
      reject: false, // a finding makes it fail
    },
  );
  if (stdout === '') throw new Error(`kube-score printed nothing: ${stderr}`);
  return (JSON.parse(stdout) as Scored[]).flatMap(({ object_meta: { name }, type_meta: { kind }, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade < PERFECT && !skipped)
      .flatMap(({ check: { id }, comments }) =>
        (comments ?? []).map(({ summary }) => ({ check: `${id}: ${summary}`, environment, object: `${kind}/${name}` })),
      ),
  );
}

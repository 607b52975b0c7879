import { execa } from 'execa';
import { goTool } from './go-tool.ts';

const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

/** A finding of actionlint. */
export interface ActionlintFinding {
  readonly message: string;
  readonly filepath: string;
  readonly line: number;
  readonly kind: string;
}

/**
 * Runs actionlint on workflows.
 * @param shellcheck program that checks their scripts; without one they are not checked
 */
export async function actionlint(files: readonly string[], shellcheck = ''): Promise<readonly ActionlintFinding[]> {
  const options = ['-format', '{{json .}}', '-shellcheck', shellcheck, '-pyflakes', ''];
  const { stdout, stderr, exitCode } = await execa(await goTool(ACTIONLINT), [...options, ...files], { reject: false });
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`actionlint exited with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as ActionlintFinding[];
}

import { delimiter, dirname } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { readDigest, type StackPlan } from './digest.ts';

/** The plan of a stack, or why it is missing. */
export type Looked = StackPlan | { readonly lacks: string };

const LOGIN_MS = 30_000;
const PREVIEW_MS = 15 * 60_000;

/**
 * Runs `pulumi preview` with the program of the working tree. Changes nothing, and a missing CLI or stack is not an
 * error. Only what `readDigest` reads from the output is passed on.
 * @param root where Pulumi.yaml is
 * @returns by environment, which is the stack's name
 */
export async function askPulumi(root: string, environments: readonly string[]): Promise<ReadonlyMap<string, Looked>> {
  const stacks = await stacksOf(root);
  const looked = new Map<string, Looked>();
  // Sequential: each preview runs the program and queries its cluster for every object.
  for (const name of environments)
    looked.set(name, 'lacks' in stacks ? stacks : await preview(root, name, stacks.names));
  return looked;
}

async function stacksOf(root: string): Promise<{ readonly names: readonly string[] } | { readonly lacks: string }> {
  if ((await pulumi(root, LOGIN_MS, 'version')).failed) return { lacks: 'there is no `pulumi` CLI on PATH' };
  const { failed, stdout } = await pulumi(root, LOGIN_MS, 'stack', 'ls', '--json');
  const lacks = 'the Pulumi CLI cannot list the stacks: log in with `pulumi login`';
  if (failed) return { lacks };
  try {
    const stacks: readonly { readonly name: string }[] = JSON.parse(stdout);
    return { names: stacks.map(({ name }) => name) };
  } catch {
    return { lacks };
  }
}

async function preview(root: string, environment: string, stacks: readonly string[]): Promise<Looked> {
  // The name of an organization's stack begins with the organization.
  const stack = stacks.find((name) => name.split('/').at(-1) === environment);
  if (stack === undefined) return { lacks: `there is no stack '${environment}'` };
  const { exitCode, stdout, timedOut } = await pulumi(
    root,
    PREVIEW_MS,
    'preview',
    '--stack',
    stack,
    '--json',
    '--show-sames',
  );
  if (timedOut) return { lacks: `pulumi preview took longer than ${PREVIEW_MS / 60_000} minutes` };
  try {
    // The exit code is also an error if the only problem is a protected object that would be deleted.
    return readDigest(stdout, `stack ${environment}`);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return {
      lacks: `pulumi preview ended with ${exitCode ?? 'a signal'}: run it manually to see the cause; its output is hidden, since it may contain secrets`,
    };
  }
}

function pulumi(root: string, timeout: number, ...args: readonly string[]) {
  return execa('pulumi', [...args, '--non-interactive'], {
    cwd: root,
    reject: false,
    stdin: 'ignore',
    timeout,
    maxBuffer: 1 << 28,
    env: {
      NO_COLOR: '1',
      PULUMI_SKIP_UPDATE_CHECK: '1',
      PULUMI_ERROR_OUTPUT_STRING: '1', // an Output in a string is an error, not a warning in a manifest
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), // the language host uses the first node on PATH
    },
  });
}

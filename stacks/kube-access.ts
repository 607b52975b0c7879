import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import type { KubernetesProviderArgs } from '@groundwork/pulumi';
import type { Config } from '@pulumi/pulumi';
import { parse } from 'yaml';

/** A cluster, for the provider and for the check before it. */
export interface KubeAccess extends Pick<KubernetesProviderArgs, 'version'> {
  /** Content of the stack's secret. @default the files of KUBECONFIG, or ~/.kube/config, as kubectl reads them */
  readonly kubeconfig?: string;
  readonly context: string;
  readonly clusterIdentifier: string;
}

/**
 * The cluster that a stack is deployed to: the kubeconfig from the stack's secret `kubeconfig`, or that of kubectl, and
 * the context of the environment, or else `context` in the stack's config. Never the current context, which may be that of
 * any cluster.
 * @throws ConfigurationError if no context is set, two different ones are, or the kubeconfig does not have it
 */
export function kubeAccess(
  config: Config,
  environment: { readonly name: string; readonly context?: string | undefined },
): KubeAccess {
  const where = `environment '${environment.name}' › context`;
  const configured = config.get('context');
  const context = environment.context ?? configured;
  if (context === undefined)
    throw new ConfigurationError({
      code: 'context-missing',
      where,
      problem: 'no kube context is set',
      fix: `set the context to deploy to: pulumi config set context NAME --stack ${environment.name}`,
    });
  if (configured !== undefined && configured !== context)
    throw new ConfigurationError({
      code: 'context-mismatch',
      where,
      problem: `the context in the stack's config is '${configured}', and in the environment '${context}'`,
      fix: 'remove one: pulumi config rm context',
    });
  const kubeconfig = config.get('kubeconfig');
  const from = kubeconfig === undefined ? kubeconfigFiles().join(delimiter) : "the stack's config kubeconfig";
  const known = kubeconfig === undefined ? fileContexts() : contexts(kubeconfig, from);
  if (!known.includes(context))
    throw new ConfigurationError({
      code: 'context-unknown',
      where,
      problem: `${from} has no context '${context}', only ${known.join(', ') || 'an empty list'}`,
      fix: 'provide the kubeconfig of that cluster',
    });
  const version = config.get('providerVersion');
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    context,
    clusterIdentifier: config.get('clusterIdentifier') ?? context,
    ...(version === undefined ? {} : { version }),
  };
}

/** The files that kubectl merges. */
function kubeconfigFiles(): readonly string[] {
  const listed = (process.env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  return listed.length > 0 ? listed : [join(homedir(), '.kube/config')];
}

/** Contexts of all files; one that is missing is skipped, as kubectl does. */
function fileContexts(): string[] {
  const files = kubeconfigFiles();
  const texts = files.filter(existsSync).map((file) => contexts(readable(file), file));
  if (texts.length > 0) return texts.flat();
  throw new ConfigurationError({
    code: 'file-unreadable',
    where: 'kubeconfig',
    problem: `${files.join(delimiter)} cannot be read: ENOENT`,
    fix: 'set KUBECONFIG, or `pulumi config set --secret kubeconfig < FILE`',
  });
}

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError({
      code: 'file-unreadable',
      where: 'kubeconfig',
      problem: `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      fix: 'make it readable for you, or remove it from KUBECONFIG',
    });
  }
}

function contexts(text: string, from: string): string[] {
  try {
    const { contexts = [] } = parse(text) as { contexts?: { name: string }[] | null };
    return (contexts ?? []).map(({ name }) => name);
  } catch {
    throw new ConfigurationError({
      code: 'kubeconfig-invalid',
      where: 'kubeconfig',
      problem: `${from} must be a kubeconfig`,
      fix: 'provide a file that kubectl accepts',
    }); // without the message of the parser, which quotes the text
  }
}

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import type { KubernetesProviderArgs } from '@groundwork/pulumi';
import type { Config } from '@pulumi/pulumi';
import { parse } from 'yaml';

interface Access extends KubernetesProviderArgs {
  readonly context: string;
}

/**
 * The cluster that a stack is deployed to: the kubeconfig from the stack's secret `kubeconfig` or the file KUBECONFIG, and
 * the context of the environment, or else `context` in the stack's config. Never the current context, which may be that of
 * any cluster.
 * @throws ConfigurationError if no context is set, two different ones are, or the kubeconfig does not have it
 */
export function kubeAccess(
  config: Config,
  environment: { readonly name: string; readonly context?: string | undefined },
): Access {
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
  const { text, from } = kubeconfig(config);
  const known = contexts(text, from);
  if (!known.includes(context))
    throw new ConfigurationError({
      code: 'context-unknown',
      where,
      problem: `${from} has no context '${context}', only ${known.join(', ') || 'an empty list'}`,
      fix: 'provide the kubeconfig of that cluster',
    });
  const version = config.get('providerVersion');
  return {
    kubeconfig: text,
    context,
    clusterIdentifier: config.get('clusterIdentifier') ?? context,
    ...(version === undefined ? {} : { version }),
  };
}

function kubeconfig(config: Config): { readonly text: string; readonly from: string } {
  const text = config.get('kubeconfig');
  if (text !== undefined) return { text, from: "the stack's config kubeconfig" };
  const file = process.env.KUBECONFIG ?? join(homedir(), '.kube/config');
  try {
    return { text: readFileSync(file, 'utf8'), from: file };
  } catch (error) {
    throw new ConfigurationError({
      code: 'file-unreadable',
      where: 'kubeconfig',
      problem: `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      fix: 'set KUBECONFIG, or `pulumi config set --secret kubeconfig < FILE`',
    });
  }
}

function contexts(text: string, from: string): string[] {
  try {
    const { contexts = [] } = parse(text) as { contexts?: { name: string }[] };
    return contexts.map(({ name }) => name);
  } catch {
    throw new ConfigurationError({
      code: 'kubeconfig-invalid',
      where: 'kubeconfig',
      problem: `${from} must be a kubeconfig`,
      fix: 'provide a file that kubectl accepts',
    }); // without the message of the parser, which quotes the text
  }
}

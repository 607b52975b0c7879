import type { Manifest } from '@groundwork/constructs';
import { replaceSecrets, resolveDeployTimeSecrets } from '@groundwork/constructs';
import { Output, secret } from '@pulumi/pulumi';
import type { SecretSource } from './deploy-time-secrets.ts';
import type { OutputResolver } from './outputs.ts';

/**
 * Inputs of an object's resource: replaces the tokens of deploy-time secrets and Outputs in the JSON, since JSON
 * patches bypass cdk8s's resolvers. All data of a Secret, and each value whose variable, key or flag is named like a
 * secret, is marked secret, so it is encrypted in the state.
 */
export function inputsOf(manifest: Manifest, source: SecretSource, outputs: OutputResolver): Record<string, unknown> {
  const isSecret = manifest.apiVersion === 'v1' && manifest.kind === 'Secret';
  const filled = resolveDeployTimeSecrets(manifest, ({ name }) => source.get(name));
  const resolved = isSecret ? filled : replaceSecrets(filled, (text, before) => secret(outputs.putBack(before + text)));
  const inputs: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(resolved)) inputs[key] = putBack(value, outputs);
  if (isSecret)
    for (const field of ['data', 'stringData']) if (inputs[field] !== undefined) inputs[field] = secret(inputs[field]);
  return inputs;
}

function putBack(value: unknown, outputs: OutputResolver): unknown {
  if (typeof value === 'string') return outputs.putBack(value);
  if (typeof value !== 'object' || value === null || Output.isInstance(value)) return value;
  if (Array.isArray(value)) return value.map((item) => putBack(item, outputs));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, putBack(item, outputs)]));
}

import { ConfigurationError } from '@groundwork/contract';
import type { ApiObject } from 'cdk8s';
import { outputToken } from './outputs.ts';

/** How the text begins that Pulumi leaves where an Output was put into a string; with PULUMI_ERROR_OUTPUT_STRING=1 it throws there. */
const SPOILED = /Calling \[to(String|JSON)\] on an \[Output/;

/**
 * The object as JSON. This is the one call of cdk8s's renderer for it.
 * @throws ConfigurationError when an Output was turned into text, or where one can't stand.
 */
export function render(object: ApiObject): Readonly<Record<string, unknown>> {
  const manifest = renderJson(object);
  if (SPOILED.test(JSON.stringify(manifest)))
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: object,
      problem: 'a Pulumi Output was turned into text, so the manifest holds a warning in place of the value',
      fix: 'hand the Output over whole, or write it into text with `outputs.asString(value)` of the OutputResolver; PULUMI_ERROR_OUTPUT_STRING=1 shows the line',
    });
  const { apiVersion, kind, metadata } = manifest as {
    apiVersion?: unknown;
    kind?: unknown;
    metadata?: { name?: unknown; namespace?: unknown };
  };
  const unknown = [apiVersion, kind, metadata?.name, metadata?.namespace].find(
    (part) => outputToken(String(part)) !== undefined,
  );
  if (unknown === undefined) return manifest;
  throw new ConfigurationError({
    code: 'output-misplaced',
    where: object,
    problem: 'its identity holds an Output',
    fix: 'write kind, name and namespace as plain text: Pulumi must know them before it asks the cluster',
  });
}

function renderJson(object: ApiObject): Readonly<Record<string, unknown>> {
  try {
    return object.toJson();
  } catch (error) {
    if (!String(error).includes("type 'OutputImpl'")) throw error;
    throw new ConfigurationError({
      code: 'output-misplaced',
      where: object,
      problem: 'a prop holds a Pulumi Output, and the app has no resolver for it',
      fix: 'make the app with `new App({ resolvers: [new OutputResolver()] })`',
    });
  }
}

import { ConfigurationError } from '@groundwork/contract';
import type { Edge } from '../edge/edge.ts';
import type { Graph } from '../graph/index.ts';

/** An edge contract needs an edge of the platform, and the other way around. */
export function validateEdgeUse(environment: string, edge: Edge | undefined, graph: Graph): ConfigurationError[] {
  const edges = graph.contracts.filter((contract) => contract.edge).map(({ name }) => name);
  if (edge === undefined && edges.length > 0) {
    return [
      new ConfigurationError({
        code: 'edge-invalid',
        where: `contract '${edges[0]}' › edge`,
        problem: `the contract is an edge, but environment '${environment}' has none`,
        fix: "add 'edge' to the platform, or remove 'edge' from the contract",
      }),
    ];
  }
  if (edge !== undefined && edges.length !== 1) {
    const what =
      edges.length === 0
        ? 'no contract is an edge'
        : `only one contract may be an edge, but ${edges.join(' and ')} are edges`;
    return [
      new ConfigurationError({
        code: 'edge-invalid',
        where: `environment '${environment}' › edge`,
        problem: what,
        fix: "mark exactly one contract with 'edge: true'",
      }),
    ];
  }
  return [];
}

/** Two environments in one namespace would share service accounts, and therefore identities. */
export function validateNamespaceUnique(
  where: string,
  namespace: string,
  others: readonly { readonly namespace: string; readonly environment: string }[],
): ConfigurationError[] {
  return others
    .filter((other) => other.namespace === namespace)
    .map(
      ({ environment }) =>
        new ConfigurationError({
          code: 'namespace-duplicate',
          where: `${where} › namespace`,
          problem: `namespace '${namespace}' belongs to environment '${environment}'`,
          fix: 'use a separate namespace for each environment',
        }),
    );
}

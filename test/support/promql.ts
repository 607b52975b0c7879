import { parser } from '@prometheus-io/lezer-promql';

/** What an expression in PromQL asks for. */
export interface Asked {
  /** Names of metrics, each once. */
  readonly metrics: readonly string[];
  /** What is no PromQL: the text from where the parser lost its way. Empty for a good expression. */
  readonly faults: readonly string[];
}

/** Reads an expression with the grammar of Prometheus' own web interface. */
export function asks(expr: string): Asked {
  const metrics = new Set<string>();
  const faults: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, node, from, to }) => {
      if (type.isError) faults.push(expr.slice(from) || '(its end)');
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector') metrics.add(expr.slice(from, to));
    },
  });
  return { metrics: [...metrics], faults };
}

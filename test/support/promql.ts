import { parser } from '@prometheus-io/lezer-promql';

/** What a PromQL expression queries. */
export interface Asked {
  /** Distinct names of metrics. */
  readonly metrics: readonly string[];
  /** Syntax errors: the text from where the parser failed. Empty for a valid expression. */
  readonly faults: readonly string[];
}

/** Parses an expression with the grammar of Prometheus' web interface. */
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

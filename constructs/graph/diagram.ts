import type { Graph } from './graph.ts';

/** A graph as nodes and edges, before a renderer places them. */
export interface Diagram {
  /** Services, what they own, topics, and the outside. */
  readonly nodes: readonly DiagramNode[];
  /** Calls, events and owned resources. */
  readonly edges: readonly DiagramEdge[];
}

/** A box of the diagram. */
export interface DiagramNode {
  /** Unique in the diagram; edges refer to it. */
  readonly id: string;
  /** What the node stands for, which determines its shape. */
  readonly kind: 'outside' | 'service' | 'store' | 'topic';
  /** First line of its text. */
  readonly title: string;
  /** Second line, smaller. */
  readonly note: string;
}

/** An arrow between two boxes. */
export interface DiagramEdge {
  /** Id of the node where it starts. */
  readonly from: string;
  /** Id of the node that it points to. */
  readonly to: string;
  /** A few words on the edge; may be empty. */
  readonly label: string;
  /** What the label stands for, in full. */
  readonly detail: string;
}

/** Services, what they own, the events between them, and the clients outside if a service is open to them. */
export function toDiagram(graph: Graph): Diagram {
  const nodes: DiagramNode[] = [];
  const edges: DiagramEdge[] = [];
  for (const { name, http, owns, edge } of graph.contracts) {
    const operations = Object.keys(http).length;
    nodes.push({ id: name, kind: 'service', title: name, note: count(operations, 'operation') });
    if (edge) {
      if (!nodes.some(({ kind }) => kind === 'outside'))
        nodes.push({ id: '(outside)', kind: 'outside', title: 'clients', note: 'outside' });
      edges.push({ from: '(outside)', to: name, label: 'HTTPS', detail: `${name} is open to the outside` });
    }
    for (const need of owns) {
      const title = need.name ?? name;
      const id = `${name}/${need.kind}/${title}`;
      nodes.push({ id, kind: 'store', title, note: need.kind });
      edges.push({ from: name, to: id, label: '', detail: `${name} owns ${need.kind} ${title}` });
    }
    for (const callee of graph.calleesOf(name)) {
      const called = graph.calls
        .filter((call) => call.caller === name && call.service === callee)
        .map(({ operation }) => operation);
      const [only, ...others] = called;
      const label = only !== undefined && others.length === 0 ? only : count(called.length, 'operation');
      edges.push({ from: name, to: callee, label, detail: `${name} calls ${called.join(', ')}` });
    }
  }
  for (const { event, versions, publisher, consumers } of graph.topics) {
    const id = `topic/${event}`;
    nodes.push({ id, kind: 'topic', title: event, note: versions.map((version) => `v${version}`).join(', ') });
    edges.push({ from: publisher, to: id, label: '', detail: `${publisher} publishes ${event}` });
    for (const consumer of consumers)
      edges.push({ from: id, to: consumer, label: '', detail: `${consumer} consumes ${event}` });
  }
  return { nodes, edges };
}

function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}

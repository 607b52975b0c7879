import type { Graph } from './graph.ts';

/** A graph as boxes and arrows, without positions. */
export interface Picture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box {
  readonly id: string;
  readonly kind: 'outside' | 'service' | 'store' | 'topic';
  readonly title: string;
  /** Second line, smaller. */
  readonly note: string;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** A few words on the arrow; may be empty. */
  readonly label: string;
  /** The label in full. */
  readonly detail: string;
}

/** Boxes and arrows for services, owned resources and events, and for external clients if there is an edge. */
export function pictureOf(graph: Graph): Picture {
  const boxes: Box[] = [];
  const arrows: Arrow[] = [];
  for (const { name, http, owns, edge } of graph.contracts) {
    const operations = Object.keys(http).length;
    boxes.push({ id: name, kind: 'service', title: name, note: count(operations, 'operation') });
    if (edge) {
      if (!boxes.some(({ kind }) => kind === 'outside'))
        boxes.push({ id: '(outside)', kind: 'outside', title: 'clients', note: 'outside' });
      arrows.push({ from: '(outside)', to: name, label: 'HTTPS', detail: `${name} is open to the outside` });
    }
    for (const need of owns) {
      const title = need.name ?? name;
      const id = `${name}/${need.kind}/${title}`;
      boxes.push({ id, kind: 'store', title, note: need.kind });
      arrows.push({ from: name, to: id, label: '', detail: `${name} owns ${need.kind} ${title}` });
    }
    for (const callee of graph.calleesOf(name)) {
      const called = graph.calls
        .filter((call) => call.caller === name && call.service === callee)
        .map(({ operation }) => operation);
      const label = called.length === 1 ? (called[0] as string) : count(called.length, 'operation');
      arrows.push({ from: name, to: callee, label, detail: `${name} calls ${called.join(', ')}` });
    }
  }
  for (const { event, versions, publisher, consumers } of graph.topics) {
    const id = `topic/${event}`;
    boxes.push({ id, kind: 'topic', title: event, note: versions.map((version) => `v${version}`).join(', ') });
    arrows.push({ from: publisher, to: id, label: '', detail: `${publisher} publishes ${event}` });
    for (const consumer of consumers)
      arrows.push({ from: id, to: consumer, label: '', detail: `${consumer} consumes ${event}` });
  }
  return { boxes, arrows };
}

function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}

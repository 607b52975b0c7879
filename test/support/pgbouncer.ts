import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianTool } from './debian-tool.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

export interface PgBouncerProps {
  /** Port of PostgreSQL on 127.0.0.1. */
  readonly server: number;
  readonly poolMode: string;
  /** User and query that look up a role. */
  readonly authUser: string;
  readonly authQuery: string;
  /** Lines of its pg_hba.conf. */
  readonly rules: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Folders of its server certificate and of its client certificate. */
  readonly serves: string;
  readonly login: string;
}

export interface TestPgBouncer {
  readonly port: number;
  log(): string;
  stop(): Promise<void>;
}

const NOBODY_UID = 65_534;
const TOOL = {
  name: 'pgbouncer',
  packages: ['pgbouncer', 'libevent-2.1-7', 'libc-ares2'],
  path: 'usr/sbin/pgbouncer',
} as const;

/** A real PgBouncer with the configuration that CloudNativePG writes for a Pooler. */
export async function startPgBouncer(props: PgBouncerProps): Promise<TestPgBouncer> {
  const { file, libraries } = await debianTool(TOOL);
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-pgbouncer-'));
  const port = await freePort();
  for (const [from, to] of [
    [props.serves, 'client-tls'],
    [props.login, 'server-tls'],
  ] as const)
    cpSync(from, join(folder, to), { recursive: true });
  const parameters = {
    auth_type: 'hba',
    auth_hba_file: `${folder}/pg_hba.conf`,
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    client_tls_cert_file: `${folder}/client-tls/tls.crt`,
    client_tls_key_file: `${folder}/client-tls/tls.key`,
    client_tls_ca_file: `${folder}/client-tls/ca.crt`,
    server_tls_cert_file: `${folder}/server-tls/tls.crt`,
    server_tls_key_file: `${folder}/server-tls/tls.key`,
    server_tls_ca_file: `${folder}/server-tls/ca.crt`,
    ...props.parameters,
    ignore_startup_parameters: `extra_float_digits,options,${props.parameters.ignore_startup_parameters}`,
  };
  const settings = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  const pool = [`pool_mode = ${props.poolMode}`, `auth_user = ${props.authUser}`, `auth_query = ${props.authQuery}`];
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    ['[databases]', `* = host=127.0.0.1 port=${props.server}`, '[pgbouncer]', ...pool, ...settings, ''].join('\n'),
  );
  writeFileSync(
    join(folder, 'pg_hba.conf'),
    [...props.rules, 'host all all 0.0.0.0/0 md5', 'host all all ::/0 md5', ''].join('\n'),
  );
  // PgBouncer does not run as root, and other users cannot read the cache.
  cpSync(file, join(folder, 'pgbouncer'));
  if (libraries !== undefined) cpSync(libraries, join(folder, 'lib'), { recursive: true, verbatimSymlinks: true });
  const asRoot = process.getuid?.() === 0;
  if (asRoot) execFileSync('chown', ['-R', `${NOBODY_UID}:${NOBODY_UID}`, folder]);
  const running = spawn(join(folder, 'pgbouncer'), [join(folder, 'pgbouncer.ini')], {
    cwd: folder,
    env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'lib') },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(asRoot ? { uid: NOBODY_UID, gid: NOBODY_UID } : {}),
  });
  let said = '';
  for (const stream of [running.stdout, running.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  await until(async () => {
    if (running.exitCode !== null) throw new Error(`pgbouncer exited: ${said}`);
    const socket = connect(port, '127.0.0.1');
    const up = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    return up;
  });
  return {
    port,
    log: () => said,
    stop: async () => {
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

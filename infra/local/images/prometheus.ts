import { join } from 'node:path';
import { debianFiles, debianRoot, linkBusybox, makeFolder } from './debian.ts';
import type { Made } from './oci.ts';

/** User of the public images. */
const NOBODY = 65534;

/** Prometheus and promtool. Their package wants 250 MB of scripts and fonts besides, so it is taken alone. */
export function prometheus(work: string): Promise<Made> {
  return fromDebian(
    work,
    'prometheus',
    { 'usr/bin/prometheus': 'bin/prometheus', 'usr/bin/promtool': 'bin/promtool' },
    '9090/tcp',
  );
}

export function alertmanager(work: string): Promise<Made> {
  const templates = 'usr/share/prometheus/alertmanager'; // Debian's doesn't start without them
  const files = {
    'usr/bin/prometheus-alertmanager': 'bin/alertmanager',
    'usr/bin/amtool': 'bin/amtool',
    [`${templates}/default.tmpl`]: `${templates}/default.tmpl`,
    [`${templates}/email.tmpl`]: `${templates}/email.tmpl`,
  };
  return fromDebian(work, 'prometheus-alertmanager', files, '9093/tcp');
}

export function postgresExporter(work: string): Promise<Made> {
  return fromDebian(
    work,
    'prometheus-postgres-exporter',
    { 'usr/bin/prometheus-postgres-exporter': 'bin/postgres_exporter' },
    '9187/tcp',
  );
}

/** Programs of one Debian package on a small root; the first of them is what the image starts. */
async function fromDebian(
  work: string,
  name: string,
  files: Readonly<Record<string, string>>,
  port: string,
): Promise<Made> {
  const folder = join(work, name);
  await debianRoot(folder, ['libc6', 'ca-certificates', 'tzdata', 'busybox']);
  await linkBusybox(folder);
  const version = await debianFiles(folder, name, files);
  const [first = ''] = Object.values(files);
  const home = `/${first.split('/')[1]}`;
  await makeFolder(folder, home.slice(1), { owner: NOBODY });
  const config = {
    User: `${NOBODY}:${NOBODY}`,
    WorkingDir: home,
    Env: ['PATH=/bin:/usr/bin'],
    Entrypoint: [`/${first}`],
    ExposedPorts: { [port]: {} },
  };
  return { version, layers: [{ folder, keepOwners: true }], config };
}

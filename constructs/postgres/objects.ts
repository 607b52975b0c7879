import type { Construct } from 'constructs';
import { networkPolicy } from '../kubernetes/network-policy.ts';
import { checksum, disruptionBudget, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { ROLES_SQL } from './access.ts';
import { PORT, SERVER } from './constants.ts';
import { WEB_CONFIG } from './exporter.ts';
import { BACKUP_QUERIES, BACKUPS_SQL, QUERIES } from './metrics.ts';
import { readerConfig, serverConfig } from './repository.ts';
import { restoreScript } from './restore-script.ts';
import { reloaderScript, repositoryScript, startScript } from './scripts.ts';
import { type ServerProps, statefulSet } from './server.ts';

export interface ServerObjectsProps {
  readonly namespace: string;
  readonly system: string;
  readonly host: string;
  /** Access rules by file name; complete once all services are connected. */
  readonly access: Readonly<Record<string, string>>;
  /** Common name of the backup Jobs' certificate. */
  readonly reader: string | undefined;
  readonly pod: ServerProps;
}

/** One PostgreSQL server: its StatefulSet, address and network, and its files. */
export function makeServer(
  scope: Construct,
  { namespace, system, host, access, reader, pod }: ServerObjectsProps,
): void {
  const labels = labelsOf(system, SERVER);
  const selector = selectorOf(system, SERVER);
  const metadata = (name: string) => ({ name, namespace, labels });
  const files = filesOf(pod, host, reader);
  object(scope, 'access', 'postgres (access rules)', 'ConfigMap', {
    metadata: metadata(`${SERVER}-access`),
    data: access,
  });
  object(scope, 'scripts', 'postgres', 'ConfigMap', { metadata: metadata(`${SERVER}-scripts`), data: files });
  object(scope, 'service', 'postgres', 'Service', {
    metadata: metadata(SERVER),
    // Headless: the pod has its own DNS name, and a client that reconnects finds a new pod at once.
    spec: { clusterIP: 'None', selector, ports: [{ name: 'postgres', port: PORT, targetPort: 'postgres' }] },
  });
  networkPolicy(scope, 'network', 'postgres (the server opens no connections)', {
    metadata: metadata(SERVER),
    selector,
  });
  // One instance: a budget that forbids its eviction would block the drain of its node.
  disruptionBudget(scope, 'postgres', metadata(SERVER), selector);
  object(scope, 'server', 'postgres', 'StatefulSet', {
    metadata: metadata(SERVER),
    spec: statefulSet(pod, labels, selector, checksum(...Object.entries(files).flat())),
  });
}

/** Files that the pods read only at start. */
function filesOf({ backups }: ServerProps, host: string, reader: string | undefined): Record<string, string> {
  return {
    'start.sh': startScript(backups),
    'reloader.sh': reloaderScript(backups),
    'roles.sql': ROLES_SQL,
    'web.yml': WEB_CONFIG,
    'queries.yml': backups === undefined ? QUERIES : `${QUERIES}${BACKUP_QUERIES}`,
    ...(backups === undefined || reader === undefined
      ? {}
      : {
          'pgbackrest.conf': serverConfig(backups, reader),
          'reader.conf': readerConfig(backups, host),
          'backups.sql': BACKUPS_SQL,
          'restore.sh': restoreScript(backups),
          'repository.sh': repositoryScript(backups),
        }),
  };
}

import type { Procedure, Turn } from './procedure.ts';

const SECRETS = '/var/run/groundwork/grafana';
const IDENTITY = '/var/run/groundwork/identity';

/**
 * Rotation procedures of Grafana's secrets where its database outlives its pods. Without a persistent database a pod
 * starts with an empty one and the current values, so a restart is sufficient.
 */
export const GRAFANA: Readonly<Record<string, Procedure>> = {
  'grafana/admin': {
    // Replicas share the database. The former password is invalid from here on; sessions are still valid.
    begin: async (turn) => {
      await inPod(
        turn,
        'grafana cli --homepath "$GF_PATHS_HOME" --config "$GF_PATHS_CONFIG" admin reset-admin-password --password-from-stdin',
      );
    },
    // End the sessions of the former password.
    end: async (turn) => {
      const sessions: readonly { readonly id: number }[] = JSON.parse(await ask(turn, 'GET', '/api/user/auth-tokens'));
      for (const { id } of sessions) await ask(turn, 'POST', '/api/user/revoke-auth-token', { authTokenId: id });
    },
  },
  'grafana/secret-key': {
    // It encrypts the data keys. Once these are rotated, the first pod with the next secret key creates a new data key.
    begin: retireDataKeys,
    // Until its end, a pod with the former key may have created a data key, or written a secret.
    end: async (turn) => {
      await gone(turn);
      await retireDataKeys(turn);
      await ask(turn, 'POST', '/api/admin/provisioning/datasources/reload');
    },
  },
};

async function retireDataKeys(turn: Turn): Promise<void> {
  await ask(turn, 'POST', '/api/admin/encryption/rotate-data-keys');
}

/** Waits until the pods replaced by the restart have terminated. */
async function gone({ kubectl, namespace }: Turn): Promise<void> {
  const leaving = (await kubectl.list(namespace, 'pods')).filter(
    ({ metadata: { labels, deletionTimestamp } }) =>
      labels?.['app.kubernetes.io/name'] === 'grafana' && deletionTimestamp !== undefined,
  );
  const pods = leaving.map(({ metadata }) => `pod/${metadata.name}`);
  if (pods.length > 0) await kubectl.run(['wait', ...pods, '--for=delete', '--namespace', namespace, '--timeout=2m']);
}

/** Calls Grafana's API as its administrator, with the password that its pods have. */
function ask(turn: Turn, method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
  const sent = body === undefined ? '' : `--header 'content-type: application/json' --data '${JSON.stringify(body)}'`;
  // The certificate names the Service, so its name is resolved to the pod's address; the password is not in the process list.
  const script = `printf 'user = "admin:%s"\\n' "$(cat ${SECRETS}/admin)" |
    curl --silent --show-error --fail --config - --cacert ${IDENTITY}/ca.crt --connect-to ::127.0.0.1:3000 \\
      --request ${method} ${sent} https://grafana.${turn.namespace}.svc.cluster.local:3000${path}`;
  return inPod({ ...turn, value: '' }, script);
}

/** Runs a script in Grafana's pod; the value is on standard input. */
function inPod({ kubectl, namespace, value }: Turn, script: string): Promise<string> {
  const container = ['--namespace', namespace, '--container', 'grafana'];
  return kubectl.run(['exec', '--stdin', 'deployment/grafana', ...container, '--', 'sh', '-euc', script], {
    input: `${value}\n`,
  });
}

import type { Procedure, Turn } from './procedure.ts';

const POD = 'consul-server-0';
/** Marks tokens as ours, as the provisioner does. */
const MARK = 'made by groundwork';
/** Description that Consul gives to the token of its configuration. */
const INITIAL = 'Initial Management Token';

/** A token as `consul acl token list` prints it. */
interface Token {
  readonly AccessorID: string;
  readonly SecretID: string;
  readonly Description: string;
  readonly Policies?: readonly { readonly Name: string }[];
}

/** Rotation procedures of Consul's secrets, without downtime of any member. */
export const CONSUL: Readonly<Record<string, Procedure>> = {
  'consul/gossip': {
    // Install the key on all members before any of them encrypts with it.
    begin: async (turn) => {
      await inServer(turn, 'read -r key; consul keyring -install="$key"; consul keyring -use="$key"');
    },
    end: async (turn) => {
      // A separate command, so that the script exits if the list fails; no other key is not a failure.
      const list = 'keys=$(consul keyring -list)';
      const others = `printf '%s\\n' "$keys" | grep -Eo '[A-Za-z0-9+/]{43}=' | sort -u | grep -vxF "$key"`;
      await inServer(
        turn,
        `read -r key; ${list}; for old in $(${others} || true); do consul keyring -remove="$old"; done`,
      );
    },
  },
  'consul/management': token('global-management'),
  'consul/agent': token('system-agent'),
  'consul/probe': token('system-probe'),
  'consul/snapshot': token('system-snapshot'),
  'consul/metrics': token('system-metrics'),
};

/** Creates the next token beside the current one, and deletes the former ones at the end. @param policy the token's policy */
function token(policy: string): Procedure {
  return {
    begin: async (turn) => {
      await inServer(
        turn,
        `read -r secret; consul acl token create -secret="$secret" -description='${MARK}' -policy-name=${policy} > /dev/null`,
      );
    },
    end: async (turn) => {
      const tokens: readonly Token[] = JSON.parse(await inServer(turn, 'consul acl token list -format=json'));
      const old = tokens.filter(
        ({ SecretID, Description, Policies }) =>
          SecretID !== turn.value &&
          [MARK, INITIAL].includes(Description) &&
          Policies?.some(({ Name }) => Name === policy) === true,
      );
      for (const { AccessorID } of old) await inServer(turn, `consul acl token delete -accessor-id=${AccessorID}`);
    },
  };
}

/** Runs a script in a server's pod with the management token; the value is on standard input. */
function inServer({ kubectl, namespace, value }: Turn, script: string): Promise<string> {
  const allowed = `export CONSUL_HTTP_TOKEN_FILE=/var/run/groundwork/consul/management; ${script}`;
  return kubectl.run(
    ['exec', '--stdin', POD, '--namespace', namespace, '--container', 'consul', '--', 'sh', '-euc', allowed],
    { input: `${value}\n` },
  );
}

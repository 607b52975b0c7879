import type { Procedure, Turn } from './procedure.ts';

const POD = 'consul-server-0';
/** Marks tokens as ours, as the provisioner does. */
const MARK = 'made by groundwork';
/** Description that Consul gives to the token of its configuration. */
const INITIAL = 'Initial Management Token';

/** A token of Consul as its own command lists it. */
interface Token {
  readonly AccessorID: string;
  readonly SecretID: string;
  readonly Description: string;
  readonly Policies?: readonly { readonly Name: string }[];
}

/** How each secret of Consul's is rotated while all members go on. */
export const CONSUL: Readonly<Record<string, Procedure>> = {
  'consul/gossip': {
    // To all members first, and only then is anything encrypted with it.
    begin: async (turn) => {
      await inServer(turn, 'read -r key; consul keyring -install="$key"; consul keyring -use="$key"');
    },
    end: async (turn) => {
      // By itself, so that a list that fails ends the script: there being no other key is none.
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

/** The next token beside the present one, and then none but that. @param policy what it gives */
function token(policy: string): Procedure {
  return {
    begin: async (turn) => {
      await inServer(
        turn,
        `read -r secret; consul acl token create -secret="$secret" -description='${MARK}' -policy-name=${policy} > /dev/null`,
      );
    },
    end: async (turn) => {
      const tokens = JSON.parse(await inServer(turn, 'consul acl token list -format=json')) as readonly Token[];
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

/** Runs a script beside a server, which may do everything there; the value comes on standard input. */
function inServer({ kubectl, namespace, value }: Turn, script: string): Promise<string> {
  const allowed = `export CONSUL_HTTP_TOKEN_FILE=/var/run/groundwork/consul/management; ${script}`;
  return kubectl.run(
    ['exec', '--stdin', POD, '--namespace', namespace, '--container', 'consul', '--', 'sh', '-euc', allowed],
    { input: `${value}\n` },
  );
}

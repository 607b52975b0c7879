import { type Change, pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Fields that harden a pod or namespace, and what their loss means. */
const GUARDS: readonly {
  readonly path: RegExp;
  readonly weaker: (change: Change) => boolean;
  readonly what: string;
}[] = [
  { path: /\.runAsNonRoot$/, weaker: ({ after }) => after !== true, what: 'its processes may run as root' },
  {
    path: /\.allowPrivilegeEscalation$/,
    weaker: ({ after }) => after !== false,
    what: 'its processes may gain privileges',
  },
  {
    path: /\.readOnlyRootFilesystem$/,
    weaker: ({ after }) => after !== true,
    what: 'its root file system is writable',
  },
  { path: /\.privileged$/, weaker: ({ after }) => after === true, what: 'its container has full access to the node' },
  {
    path: /\.(hostNetwork|hostPID|hostIPC)$/,
    weaker: ({ after }) => after === true,
    what: "it shares the node's namespaces",
  },
  {
    path: /\.seccompProfile/,
    weaker: ({ after }) => after === undefined || after === 'Unconfined',
    what: 'its system calls are no longer filtered',
  },
  {
    path: /\.automountServiceAccountToken$/,
    weaker: ({ after }) => after !== false,
    what: 'it gets a token for the API server',
  },
  {
    path: /^metadata\.labels\.pod-security\.kubernetes\.io\/enforce$/,
    weaker: () => true,
    what: 'the namespace admits less restricted pods',
  },
  {
    path: /\.(startupProbe|readinessProbe|livenessProbe)$/,
    weaker: ({ after }) => after === undefined,
    what: 'a pod that stops responding is no longer detected',
  },
];

/** Hardening that a change removes. */
export const hardening: EnvironmentRule = {
  id: 'hardening',
  check: ({ changes }) =>
    changes
      .filter(({ action }) => action !== 'create' && action !== 'delete')
      .flatMap((change) =>
        change.fields.flatMap((field): Observation[] => {
          const name = pathText(field.path);
          const guard = GUARDS.find(({ path, weaker }) => path.test(name) && weaker(field));
          return guard === undefined
            ? []
            : [about(change, 'critical', guard.what, 'keep it, or explain the removal in a code comment', field)];
        }),
      ),
};

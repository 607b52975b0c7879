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
    what: 'its processes may gain rights',
  },
  {
    path: /\.readOnlyRootFilesystem$/,
    weaker: ({ after }) => after !== true,
    what: 'its root file system can be written to',
  },
  { path: /\.privileged$/, weaker: ({ after }) => after === true, what: 'its container has all rights on the node' },
  { path: /\.(hostNetwork|hostPID|hostIPC)$/, weaker: ({ after }) => after === true, what: 'it shares the node' },
  {
    path: /\.seccompProfile/,
    weaker: ({ after }) => after === undefined || after === 'Unconfined',
    what: 'its system calls are no longer filtered',
  },
  {
    path: /\.automountServiceAccountToken$/,
    weaker: ({ after }) => after !== false,
    what: 'it holds a token of the API server',
  },
  {
    path: /^metadata\.labels\.pod-security\.kubernetes\.io\/enforce$/,
    weaker: () => true,
    what: 'the namespace admits other pods',
  },
  {
    path: /\.(startupProbe|readinessProbe|livenessProbe)$/,
    weaker: ({ after }) => after === undefined,
    what: 'nobody notices when it stops answering',
  },
];

/** Hardening that a change takes away. */
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
            : [about(change, 'critical', guard.what, 'keep it, or say in the code why it must go', field)];
        }),
      ),
};

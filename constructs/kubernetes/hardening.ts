import type { PodSecurityContext, PodSpec, SecurityContext } from 'kubernetes-types/core/v1.d.ts';

/**
 * A pod that Pod Security `restricted` takes: no root, the runtime's seccomp profile, and volumes that its group may use.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function hardenedPod(user: number): PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch', // else the kubelet walks all of a volume at each start
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A hardened pod that tells Kubernetes nothing and learns nothing of it: no token of its account, no addresses of its neighbours. */
export function isolatedPod(account: string, user: number): Omit<PodSpec, 'containers'> {
  return {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: hardenedPod(user),
  };
}

/** A container that can write to its volumes only and gain no rights. */
export const hardenedContainer: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

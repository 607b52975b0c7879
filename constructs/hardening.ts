import type { PodSecurityContext, SecurityContext } from 'kubernetes-types/core/v1.d.ts';

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

/** A container that can write to its volumes only and gain no rights. */
export const hardenedContainer: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

import type { Exception } from '../infra/build/scan/index.ts';

/** Scan findings that the shop accepts, with the reason. */
export const exceptions: readonly Exception[] = [
  // Dockle's name in images, and Trivy's in Dockerfiles.
  ...['CIS-DI-0006', 'DS-0026'].map((id) => ({
    id,
    reason: 'these images run on Kubernetes, which uses probes and ignores HEALTHCHECK',
    expires: '2027-05-31',
  })),
];

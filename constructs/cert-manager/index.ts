/** cert-manager: issues and renews the certificates that identities are made of. */
export { CertManager, type CertManagerProps } from './cert-manager.ts';

/** cert-manager, which issues and renews the certificates of identities. */
export { CertManager, type CertManagerProps } from './cert-manager.ts';

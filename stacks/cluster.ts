import { CertManager, synthesize } from '@groundwork/constructs';
import { certManagerDefinitions } from '@groundwork/local';
import { App, Chart } from 'cdk8s';
import type { AddOn } from '../infra/cli/program.ts';

/** cert-manager for clusters that `npm start` creates. The clusters of staging and production have it already. */
export const certManager: AddOn = {
  name: 'cert-manager',
  namespace: 'cert-manager',
  images: ['cert-manager-controller', 'cert-manager-webhook', 'cert-manager-cainjector'],
  compose: async (images, progress) => {
    const app = new App();
    const image = (program: string) => images.thirdParty(`cert-manager-${program}`);
    new CertManager(new Chart(app, 'cert-manager'), 'cert-manager', {
      images: { controller: image('controller'), webhook: image('webhook'), cainjector: image('cainjector') },
      definitions: await certManagerDefinitions(progress),
      replicas: 1, // one node
    });
    return synthesize(app);
  },
};

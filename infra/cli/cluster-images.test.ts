import { expect, test } from '@jest/globals';
import type { Cluster } from '../deploy/cluster/driver.ts';
import { imagesFor } from './cluster-images.ts';

const quiet = { step: () => {}, say: () => {}, skipped: () => {} };

test.each(['kafka', 'postgres'] as const)(
  'a cluster that only pulls gets no builtin %s, and is told so before anything is deployed',
  async (name) => {
    const cluster = { context: 'office', images: 'registry' } as Cluster;
    await expect(imagesFor(cluster, { services: [], thirdParty: ['consul', name] }, undefined, quiet)).rejects.toThrow(
      new RegExp(
        `the cluster only pulls images[\\s\\S]*image '${name}' for cluster 'office'[\\s\\S]*fix: choose the back ends 'strimzi' and 'cnpg'`,
      ),
    );
  },
);

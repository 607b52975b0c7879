import { expect, test } from '@jest/globals';
import { systemOf } from '../../tools/testing/system-of.ts';
import { withoutImages } from './without-images.ts';

const pod = (name: string, image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec: { containers: [{ name: 'main', image }] },
});
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'boards', namespace: 'shop' } };

test('a chart whose image is unavailable is left out with all its objects, and no other is', () => {
  const system = systemOf({
    grafana: [config, pod('grafana', 'grafana/grafana:12')],
    own: [pod('grafana-agent', 'grafana/grafana:12.1')],
  });
  const left = withoutImages(system, ['grafana/grafana:12']);
  expect(left.objects.map(({ manifest }) => manifest.metadata.name)).toEqual(['grafana-agent']);
});

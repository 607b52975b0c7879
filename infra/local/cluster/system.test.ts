import { expect, test } from '@jest/globals';
import { Layout } from './layout.ts';
import { nodeConfig } from './node/config.ts';
import { systemManifests } from './system.ts';
import { withImages } from './system-images.ts';

const image = (name: string) => ({
  file: `/${name}.tar`,
  reference: `groundwork.local/${name}:0123`,
  digest: 'sha256:00',
});
const images = Object.fromEntries(
  ['pause', 'coredns', 'metrics-server', 'local-path-provisioner', 'busybox'].map((name) => [name, image(name)]),
);

test('system manifests name the built images', async () => {
  const text = await systemManifests(images);
  expect(text).toContain('image: groundwork.local/coredns:0123');
  expect(text).not.toContain(':built');
});

test('a manifest that names an unknown image is an error', () => {
  expect(() => withImages('image: groundwork.local/unknown:built', images)).toThrow("no system image 'unknown'");
});

test('each JSON file of the node reads as JSON, and containerd starts sandboxes from the pause image', () => {
  const { 'containerd.toml': toml, ...json } = nodeConfig(new Layout({}), 'groundwork.local/pause:0123');
  for (const text of Object.values(json)) expect(JSON.parse(text)).toBeInstanceOf(Object);
  expect(toml).toContain('sandbox_image = "groundwork.local/pause:0123"');
});

test('the kubelet never deletes images: they cannot be pulled again', () => {
  expect(JSON.parse(nodeConfig(new Layout({}), 'p')['kubelet.yaml'] as string)).toMatchObject({
    imageGCHighThresholdPercent: 100,
  });
});

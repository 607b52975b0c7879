import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { execa } from 'execa';
import { mavenJars } from '../maven.ts';

/** Classes of the kinds in use. */
const KINDS = ['kafka.Kafka', 'nodepool.KafkaNodePool', 'topic.KafkaTopic', 'user.KafkaUser'];

/**
 * Strimzi's definitions, created by its own generator from its classes: no package contains them as files.
 * @param work temporary folder
 * @throws ExecaError when Maven cannot download them
 */
export async function strimziDefinitions(work: string): Promise<readonly Manifest[]> {
  const jars = await mavenJars('strimzi', join(import.meta.dirname, 'strimzi/pom.xml'));
  const files = KINDS.map((kind) => join(work, `${kind}.json`));
  const wanted = KINDS.map((kind, i) => `io.strimzi.api.kafka.model.${kind}=${files[i]}`);
  await execa('java', ['-cp', `${jars}/*`, 'io.strimzi.crdgenerator.CrdGenerator', ...wanted]);
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Manifest));
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';

/**
 * Definitions of k8ssandra-operator, reduced to the fields that our objects use: no package registry has its module. They
 * are those of its repository at 9e3d1b51 (July 2026, Apache-2.0), without descriptions. An object with another field
 * fails until that field is added here.
 */
export async function k8ssandraDefinitions(): Promise<readonly Manifest[]> {
  return JSON.parse(await readFile(join(import.meta.dirname, 'definitions.json'), 'utf8')) as Manifest[];
}

import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Archives } from '../infra/build/images/archives.ts';
import { ownChecks } from '../infra/build/scan/checks/tool.ts';
import { judge } from '../infra/build/scan/exceptions.ts';
import { collectSubject } from '../infra/build/scan/subject.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { exceptions } from './scan-exceptions.ts';
import { images } from './shop.ts';

test("the shop's Dockerfiles have no finding but what an exception explains, and each exception is needed", async () => {
  const nothingBuilt = new Archives(temporaryFolder('no-archives'));
  const { subject } = await collectSubject({
    root: join(import.meta.dirname, '..'),
    services: images,
    archives: nothingBuilt,
  });
  const { findings } = await ownChecks.look(subject);
  const { open, unused } = judge(findings, exceptions, new Date('2026-11-23'));
  expect({ open, unused }).toEqual({ open: [], unused: [] });
  expect(subject.images.map(({ description }) => description.name)).toEqual(images);
  expect(subject.dockerfiles.map(({ name }) => name)).toEqual(['kafka', 'postgres']);
});

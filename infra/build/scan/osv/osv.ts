import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { wellFormed } from '../../../tools/well-formed.ts';
import type { Package } from '../describe/image.ts';
import { LOCK_FILE } from '../describe/lock.ts';
import type { ScanFinding } from '../finding.ts';
import { severityOf } from '../severity.ts';
import { skipped, type Tool } from '../tools/tool.ts';
import { ADVISORY, type Advisory } from './advisory.ts';
import { affects, fixedIn } from './affects.ts';

const MEND = "unpack OSV's data of npm, npm/all.zip as https://osv.dev says, and name the folder with --osv";

/** A package, and the image or lock file that has it. */
interface Place {
  readonly target: string;
  readonly one: Package;
}

/** Advisories of a folder of OSV files, for a machine without a scanner or a network. */
export function osv(folder: string | undefined): Tool {
  return {
    name: 'osv',
    async look({ locked, images }) {
      if (folder === undefined) return skipped('osv', 'no folder of advisories is named', MEND);
      const targets = [{ name: LOCK_FILE, packages: locked }, ...images.map(({ description }) => description)];
      const places = targets.flatMap(({ name: target, packages }) => packages.map((one) => ({ target, one })));
      const byName = Map.groupBy(places, ({ one }) => one.name);
      const found: ScanFinding[] = [];
      for await (const advisory of advisories(folder)) found.push(...findings(advisory, byName));
      return { findings: found, skipped: [] };
    },
  };
}

/** One at a time: all of npm's are two hundred thousand files. */
async function* advisories(folder: string): AsyncGenerator<Advisory> {
  const names = await readdir(folder, { recursive: true }).catch((error: Error) => {
    throw new ConfigurationError({
      code: 'advisories-unreadable',
      where: `--osv ${folder}`,
      problem: `it can't be read: ${error.message}`,
      fix: MEND,
    });
  });
  const files = names.filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0)
    throw new ConfigurationError({
      code: 'advisories-unreadable',
      where: `--osv ${folder}`,
      problem: 'no JSON file is in it, so nothing would be looked for',
      fix: MEND,
    });
  for (const name of files) {
    const file = join(folder, name);
    const advisory = wellFormed(file, ADVISORY, await readFile(file, 'utf8'), 'get it again, or remove it');
    if (advisory.withdrawn === undefined) yield advisory;
  }
}

function findings(advisory: Advisory, byName: ReadonlyMap<string, readonly Place[]>): ScanFinding[] {
  const { id, aliases = [], summary, affected = [], database_specific } = advisory;
  const names = new Set(affected.flatMap((entry) => entry.package?.name ?? []));
  return [...names]
    .flatMap((name) => byName.get(name) ?? [])
    .flatMap(({ target, one }) => {
      const by = affected.find((entry) => affects(entry, one));
      if (by === undefined) return [];
      const fixed = fixedIn(by, one.version);
      return [
        {
          id,
          aliases,
          target,
          subject: `${one.name}@${one.version}`,
          severity: id.startsWith('MAL-') ? ('critical' as const) : severityOf(database_specific?.severity), // malware has no score
          what: summary ?? 'known vulnerability',
          fix:
            fixed === undefined
              ? 'there is no fixed version: leave it out, or except it with a day'
              : `take ${one.name} ${fixed}`,
        },
      ];
    });
}

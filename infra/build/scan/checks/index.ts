import type { ImageDescription } from '../describe/image.ts';
import type { ScanFinding } from '../finding.ts';
import { copyNotAdd } from './add.ts';
import { apkWithoutCache } from './apk-cache.ts';
import { aptWithoutCache } from './apt-cache.ts';
import type { Check } from './check.ts';
import { pinnedByDigest } from './digest.ts';
import { noDistUpgrade } from './dist-upgrade.ts';
import { noEmptyPassword } from './empty-password.ts';
import { healthcheck } from './healthcheck.ts';
import { notLatest } from './latest.ts';
import { onlyNeeded } from './leftovers.ts';
import { noSecrets } from './secrets.ts';
import { noSetId } from './setid.ts';
import { noSudo } from './sudo.ts';
import { uniqueIds } from './unique-ids.ts';
import { updateNotAlone } from './update.ts';
import { userNotRoot } from './user.ts';
import { noSensitiveVolume } from './volumes.ts';

/**
 * All that Dockle checks, in its order. Its levels FATAL, WARN and INFO are high, medium and low here.
 * @see Dockle's list of checkpoints, version 0.4.15
 */
export const checks: readonly Check[] = [
  userNotRoot,
  pinnedByDigest,
  healthcheck,
  updateNotAlone,
  noSetId,
  copyNotAdd,
  noSecrets,
  noSudo,
  noSensitiveVolume,
  noDistUpgrade,
  apkWithoutCache,
  aptWithoutCache,
  notLatest,
  noEmptyPassword,
  uniqueIds,
  onlyNeeded,
];

/** Runs every check on an image. */
export function checkImage(image: ImageDescription): ScanFinding[] {
  return checks.flatMap(({ id, severity, what, fix, finds }) =>
    finds(image).map(({ at }) => ({ id, target: image.name, subject: at, severity, what, fix })),
  );
}

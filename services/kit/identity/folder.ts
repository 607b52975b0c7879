import { type FSWatcher, watch } from 'node:fs';

/** Milliseconds between two checks, for file systems that report no changes. */
const CHECK_INTERVAL = 10_000;
/** Milliseconds to wait after a change, so that all files of the folder are written. */
const SETTLE = 100;

/** Calls `check` after changes in a folder, and at an interval. Keeps no process alive. @returns stops watching */
export function watchFolder(folder: string, check: () => void): () => void {
  let pending: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(pending);
    pending = setTimeout(check, SETTLE).unref();
  };
  const events = eventsOf(folder, soon);
  const interval = setInterval(check, CHECK_INTERVAL).unref();
  return () => {
    clearTimeout(pending);
    clearInterval(interval);
    events?.close();
  };
}

/** Undefined if the file system reports no events; the folder is then only polled. */
function eventsOf(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, changed).on('error', () => {});
  } catch {
    return undefined;
  }
}

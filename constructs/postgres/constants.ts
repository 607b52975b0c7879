/** Name of the server's objects; an environment has one server. */
/** Scrape target of CloudNativePG's instances. */
export const INSTANCES = 'postgres-instances';
export const SERVER = 'postgres';
/** TCP port of the server. */
export const PORT = 5432;
/** UID of the public image, which owns the data. */
export const USER = 999;

/** Mount path of the volume, and the data folder on it: a sub-folder, since the root may contain lost+found. */
export const VOLUME = '/var/lib/postgresql/data';
export const DATA = `${VOLUME}/pgdata`;
/** Folder of the server's socket, for containers in its pod. */
export const SOCKET = '/var/run/postgresql';
/** Folder of access rules, which are reloaded without a restart. */
export const ACCESS = '/etc/groundwork/postgres/access';
/** Folder of scripts and settings that are read only at start. */
export const SCRIPTS = '/etc/groundwork/postgres/scripts';

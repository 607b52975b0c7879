/** Name of the server's objects; one server in an environment. */
export const SERVER = 'postgres';
export const PORT = 5432;
/** User of the public image, to whom the data belongs. */
export const USER = 999;

/** The volume, and the server's folder on it: a folder of its own, for a volume's root may hold lost+found. */
export const VOLUME = '/var/lib/postgresql/data';
export const DATA = `${VOLUME}/pgdata`;
/** The server's socket, for what runs in its own pod. */
export const SOCKET = '/var/run/postgresql';
/** Who may come in; read again without a restart. */
export const ACCESS = '/etc/groundwork/postgres/access';
/** Scripts and settings that are read at start only. */
export const SCRIPTS = '/etc/groundwork/postgres/scripts';

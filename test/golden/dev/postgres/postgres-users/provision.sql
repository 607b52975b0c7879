\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'users'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service users' THEN RAISE EXCEPTION E'database users belongs to another service (%), but contract ''users'' owns it too\n    at contract ''users'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE users IS ''groundwork: owned by service users'''; END IF; END $do$;
SELECT 'CREATE DATABASE users' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'users') \gexec
SELECT 'GRANT users_owner TO CURRENT_USER' WHERE NOT has_database_privilege('users', 'CONNECT') \gexec
\connect users
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'users'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service users' THEN RAISE EXCEPTION E'database users belongs to another service (%), but contract ''users'' owns it too\n    at contract ''users'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE users IS ''groundwork: owned by service users'''; END IF; END $do$;
SELECT 'ALTER ROLE users_owner NOLOGIN' FROM pg_roles WHERE rolname = 'users_owner' AND NOT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = 'users_owner' AND defaclobjtype = 'S') \gexec
BEGIN;
SELECT 'CREATE ROLE users_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'users_owner') \gexec
SELECT 'CREATE ROLE users_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'users_app') \gexec
GRANT users_owner TO CURRENT_USER;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'users_owner' AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'users_owner' AND NOT rolcanlogin) \g /dev/null
ALTER ROLE users_app SET statement_timeout = '10s';
ALTER DATABASE users OWNER TO users_owner;
SET ROLE users_owner;
COMMENT ON DATABASE users IS 'groundwork: owned by service users';
REVOKE ALL ON DATABASE users FROM PUBLIC;
GRANT CONNECT ON DATABASE users TO users_app;
ALTER SCHEMA public OWNER TO users_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO users_app;
ALTER DEFAULT PRIVILEGES FOR ROLE users_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO users_app;
ALTER DEFAULT PRIVILEGES FOR ROLE users_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO users_app;
SELECT format('GRANT %s %s TO users_app', CASE relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'users_owner' AND relacl IS NULL AND (relkind = 'S' OR relkind IN ('r', 'p', 'v', 'm', 'f')) \gexec
DO $do$ DECLARE other record; BEGIN FOR other IN SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'users_owner' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege('users_app', oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') LOOP RAISE WARNING E'table % in database users belongs to role %, and users_app may not read it\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO users_owner', other.name, other.role, other.name; END LOOP; END $do$;
RESET ROLE;
REVOKE users_owner FROM CURRENT_USER;
ALTER ROLE users_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE users_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
COMMIT;

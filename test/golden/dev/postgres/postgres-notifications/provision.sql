\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'notifications'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service notifications' THEN RAISE EXCEPTION E'database notifications belongs to another service (%), but contract ''notifications'' owns it too\n    at contract ''notifications'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE notifications IS ''groundwork: owned by service notifications'''; END IF; END $do$;
SELECT 'CREATE DATABASE notifications' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'notifications') \gexec
SELECT 'GRANT notifications_owner TO CURRENT_USER' WHERE NOT has_database_privilege('notifications', 'CONNECT') \gexec
\connect notifications
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'notifications'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service notifications' THEN RAISE EXCEPTION E'database notifications belongs to another service (%), but contract ''notifications'' owns it too\n    at contract ''notifications'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE notifications IS ''groundwork: owned by service notifications'''; END IF; END $do$;
SELECT 'ALTER ROLE notifications_owner NOLOGIN' FROM pg_roles WHERE rolname = 'notifications_owner' AND NOT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = 'notifications_owner' AND defaclobjtype = 'S') \gexec
BEGIN;
SELECT 'CREATE ROLE notifications_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notifications_owner') \gexec
SELECT 'CREATE ROLE notifications_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notifications_app') \gexec
GRANT notifications_owner TO CURRENT_USER;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'notifications_owner' AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'notifications_owner' AND NOT rolcanlogin) \g /dev/null
ALTER ROLE notifications_app SET statement_timeout = '10s';
ALTER DATABASE notifications OWNER TO notifications_owner;
SET ROLE notifications_owner;
COMMENT ON DATABASE notifications IS 'groundwork: owned by service notifications';
REVOKE ALL ON DATABASE notifications FROM PUBLIC;
GRANT CONNECT ON DATABASE notifications TO notifications_app;
ALTER SCHEMA public OWNER TO notifications_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO notifications_app;
ALTER DEFAULT PRIVILEGES FOR ROLE notifications_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO notifications_app;
ALTER DEFAULT PRIVILEGES FOR ROLE notifications_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO notifications_app;
SELECT format('GRANT %s %s TO notifications_app', CASE relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'notifications_owner' AND relacl IS NULL AND (relkind = 'S' OR relkind IN ('r', 'p', 'v', 'm', 'f')) \gexec
DO $do$ DECLARE other record; BEGIN FOR other IN SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'notifications_owner' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege('notifications_app', oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') LOOP RAISE WARNING E'table % in database notifications belongs to role %, and notifications_app may not read it\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO notifications_owner', other.name, other.role, other.name; END LOOP; END $do$;
RESET ROLE;
REVOKE notifications_owner FROM CURRENT_USER;
ALTER ROLE notifications_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE notifications_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
COMMIT;

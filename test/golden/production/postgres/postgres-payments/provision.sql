\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'payments'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service payments' THEN RAISE EXCEPTION E'database payments belongs to another service (%), but contract ''payments'' owns it too\n    at contract ''payments'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE payments IS ''groundwork: owned by service payments'''; END IF; END $do$;
SELECT 'CREATE DATABASE payments' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'payments') \gexec
SELECT 'GRANT payments_owner TO CURRENT_USER' WHERE NOT has_database_privilege('payments', 'CONNECT') \gexec
\connect payments
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'payments'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service payments' THEN RAISE EXCEPTION E'database payments belongs to another service (%), but contract ''payments'' owns it too\n    at contract ''payments'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE payments IS ''groundwork: owned by service payments'''; END IF; END $do$;
SELECT 'ALTER ROLE payments_owner NOLOGIN' FROM pg_roles WHERE rolname = 'payments_owner' AND NOT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = 'payments_owner' AND defaclobjtype = 'S') \gexec
BEGIN;
SELECT 'CREATE ROLE payments_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments_owner') \gexec
SELECT 'CREATE ROLE payments_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments_app') \gexec
GRANT payments_owner TO CURRENT_USER;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'payments_owner' AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments_owner' AND NOT rolcanlogin) \g /dev/null
ALTER ROLE payments_app SET statement_timeout = '10s';
ALTER DATABASE payments OWNER TO payments_owner;
SET ROLE payments_owner;
COMMENT ON DATABASE payments IS 'groundwork: owned by service payments';
REVOKE ALL ON DATABASE payments FROM PUBLIC;
GRANT CONNECT ON DATABASE payments TO payments_app;
ALTER SCHEMA public OWNER TO payments_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO payments_app;
ALTER DEFAULT PRIVILEGES FOR ROLE payments_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO payments_app;
ALTER DEFAULT PRIVILEGES FOR ROLE payments_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO payments_app;
SELECT format('GRANT %s %s TO payments_app', CASE relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'payments_owner' AND relacl IS NULL AND (relkind = 'S' OR relkind IN ('r', 'p', 'v', 'm', 'f')) \gexec
DO $do$ DECLARE other record; BEGIN FOR other IN SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'payments_owner' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege('payments_app', oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') LOOP RAISE WARNING E'table % in database payments belongs to role %, and payments_app may not read it\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO payments_owner', other.name, other.role, other.name; END LOOP; END $do$;
RESET ROLE;
REVOKE payments_owner FROM CURRENT_USER;
ALTER ROLE payments_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE payments_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
COMMIT;

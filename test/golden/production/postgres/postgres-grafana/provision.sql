\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'grafana'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service grafana' THEN RAISE EXCEPTION E'database grafana belongs to another service (%), but contract ''grafana'' owns it too\n    at contract ''grafana'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE grafana IS ''groundwork: owned by service grafana'''; END IF; END $do$;
SELECT 'CREATE DATABASE grafana' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'grafana') \gexec
SELECT 'GRANT grafana_owner TO CURRENT_USER' WHERE NOT has_database_privilege('grafana', 'CONNECT') \gexec
\connect grafana
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'grafana'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service grafana' THEN RAISE EXCEPTION E'database grafana belongs to another service (%), but contract ''grafana'' owns it too\n    at contract ''grafana'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE grafana IS ''groundwork: owned by service grafana'''; END IF; END $do$;
SELECT 'ALTER ROLE grafana_owner NOLOGIN' FROM pg_roles WHERE rolname = 'grafana_owner' AND NOT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = 'grafana_owner' AND defaclobjtype = 'S') \gexec
BEGIN;
SELECT 'CREATE ROLE grafana_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_owner') \gexec
SELECT 'CREATE ROLE grafana_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_app') \gexec
GRANT grafana_owner TO CURRENT_USER;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'grafana_owner' AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_owner' AND NOT rolcanlogin) \g /dev/null
ALTER ROLE grafana_app SET statement_timeout = '10s';
ALTER DATABASE grafana OWNER TO grafana_owner;
SET ROLE grafana_owner;
COMMENT ON DATABASE grafana IS 'groundwork: owned by service grafana';
REVOKE ALL ON DATABASE grafana FROM PUBLIC;
GRANT CONNECT ON DATABASE grafana TO grafana_app;
ALTER SCHEMA public OWNER TO grafana_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO grafana_app;
ALTER DEFAULT PRIVILEGES FOR ROLE grafana_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO grafana_app;
ALTER DEFAULT PRIVILEGES FOR ROLE grafana_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO grafana_app;
SELECT format('GRANT %s %s TO grafana_app', CASE relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'grafana_owner' AND relacl IS NULL AND (relkind = 'S' OR relkind IN ('r', 'p', 'v', 'm', 'f')) \gexec
DO $do$ DECLARE other record; BEGIN FOR other IN SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'grafana_owner' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege('grafana_app', oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') LOOP RAISE WARNING E'table % in database grafana belongs to role %, and grafana_app may not read it\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO grafana_owner', other.name, other.role, other.name; END LOOP; END $do$;
RESET ROLE;
REVOKE grafana_owner FROM CURRENT_USER;
ALTER ROLE grafana_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE grafana_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
COMMIT;

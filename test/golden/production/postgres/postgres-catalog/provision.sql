\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'catalog'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service catalog' THEN RAISE EXCEPTION E'database catalog belongs to another service (%), but contract ''catalog'' owns it too\n    at contract ''catalog'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE catalog IS ''groundwork: owned by service catalog'''; END IF; END $do$;
SELECT 'CREATE DATABASE catalog' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'catalog') \gexec
SELECT 'GRANT catalog_owner TO CURRENT_USER' WHERE NOT has_database_privilege('catalog', 'CONNECT') \gexec
\connect catalog
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'catalog'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service catalog' THEN RAISE EXCEPTION E'database catalog belongs to another service (%), but contract ''catalog'' owns it too\n    at contract ''catalog'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE catalog IS ''groundwork: owned by service catalog'''; END IF; END $do$;
SELECT 'ALTER ROLE catalog_owner NOLOGIN' FROM pg_roles WHERE rolname = 'catalog_owner' AND NOT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = 'catalog_owner' AND defaclobjtype = 'S') \gexec
BEGIN;
SELECT 'CREATE ROLE catalog_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_owner') \gexec
SELECT 'CREATE ROLE catalog_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_app') \gexec
GRANT catalog_owner TO CURRENT_USER;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'catalog_owner' AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_owner' AND NOT rolcanlogin) \g /dev/null
ALTER ROLE catalog_app SET statement_timeout = '10s';
ALTER DATABASE catalog OWNER TO catalog_owner;
SET ROLE catalog_owner;
COMMENT ON DATABASE catalog IS 'groundwork: owned by service catalog';
REVOKE ALL ON DATABASE catalog FROM PUBLIC;
GRANT CONNECT ON DATABASE catalog TO catalog_app;
ALTER SCHEMA public OWNER TO catalog_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO catalog_app;
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO catalog_app;
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO catalog_app;
SELECT format('GRANT %s %s TO catalog_app', CASE relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'catalog_owner' AND relacl IS NULL AND (relkind = 'S' OR relkind IN ('r', 'p', 'v', 'm', 'f')) \gexec
DO $do$ DECLARE other record; BEGIN FOR other IN SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'catalog_owner' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege('catalog_app', oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') LOOP RAISE WARNING E'table % in database catalog belongs to role %, and catalog_app may not read it\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO catalog_owner', other.name, other.role, other.name; END LOOP; END $do$;
RESET ROLE;
REVOKE catalog_owner FROM CURRENT_USER;
ALTER ROLE catalog_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE catalog_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
COMMIT;

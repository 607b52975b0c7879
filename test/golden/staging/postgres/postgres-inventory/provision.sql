\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'inventory'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service inventory' THEN RAISE EXCEPTION E'database inventory belongs to another service (%), but contract ''inventory'' owns it too\n    at contract ''inventory'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE inventory IS ''groundwork: owned by service inventory'''; END IF; END $do$;
SELECT 'CREATE DATABASE inventory' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'inventory') \gexec
SELECT 'GRANT inventory_owner TO CURRENT_USER' WHERE NOT has_database_privilege('inventory', 'CONNECT') \gexec
\connect inventory
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'inventory'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service inventory' THEN RAISE EXCEPTION E'database inventory belongs to another service (%), but contract ''inventory'' owns it too\n    at contract ''inventory'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE inventory IS ''groundwork: owned by service inventory'''; END IF; END $do$;
SELECT 'ALTER ROLE inventory_owner NOLOGIN' FROM pg_roles WHERE rolname = 'inventory_owner' AND NOT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = 'inventory_owner' AND defaclobjtype = 'S') \gexec
BEGIN;
SELECT 'CREATE ROLE inventory_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'inventory_owner') \gexec
SELECT 'CREATE ROLE inventory_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'inventory_app') \gexec
GRANT inventory_owner TO CURRENT_USER;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'inventory_owner' AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'inventory_owner' AND NOT rolcanlogin) \g /dev/null
ALTER ROLE inventory_app SET statement_timeout = '10s';
ALTER DATABASE inventory OWNER TO inventory_owner;
SET ROLE inventory_owner;
COMMENT ON DATABASE inventory IS 'groundwork: owned by service inventory';
REVOKE ALL ON DATABASE inventory FROM PUBLIC;
GRANT CONNECT ON DATABASE inventory TO inventory_app;
ALTER SCHEMA public OWNER TO inventory_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO inventory_app;
ALTER DEFAULT PRIVILEGES FOR ROLE inventory_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO inventory_app;
ALTER DEFAULT PRIVILEGES FOR ROLE inventory_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO inventory_app;
SELECT format('GRANT %s %s TO inventory_app', CASE relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'inventory_owner' AND relacl IS NULL AND (relkind = 'S' OR relkind IN ('r', 'p', 'v', 'm', 'f')) \gexec
DO $do$ DECLARE other record; BEGIN FOR other IN SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'inventory_owner' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege('inventory_app', oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') LOOP RAISE WARNING E'table % in database inventory belongs to role %, and inventory_app may not read it\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO inventory_owner', other.name, other.role, other.name; END LOOP; END $do$;
RESET ROLE;
REVOKE inventory_owner FROM CURRENT_USER;
ALTER ROLE inventory_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE inventory_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
COMMIT;

\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'orders'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service orders' THEN RAISE EXCEPTION E'database orders belongs to another service (%), but contract ''orders'' owns it too\n    at contract ''orders'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE orders IS ''groundwork: owned by service orders'''; END IF; END $do$;
SELECT 'CREATE DATABASE orders' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'orders') \gexec
SELECT 'GRANT orders_owner TO CURRENT_USER' WHERE NOT has_database_privilege('orders', 'CONNECT') \gexec
\connect orders
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'orders'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service orders' THEN RAISE EXCEPTION E'database orders belongs to another service (%), but contract ''orders'' owns it too\n    at contract ''orders'' › owns postgres\n    fix: %', note, 'let only that contract own it, or transfer it explicitly, as postgres on the server''s socket: COMMENT ON DATABASE orders IS ''groundwork: owned by service orders'''; END IF; END $do$;
SELECT 'ALTER ROLE orders_owner NOLOGIN' FROM pg_roles WHERE rolname = 'orders_owner' AND NOT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = 'orders_owner' AND defaclobjtype = 'S') \gexec
BEGIN;
SELECT 'CREATE ROLE orders_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'orders_owner') \gexec
SELECT 'CREATE ROLE orders_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'orders_app') \gexec
GRANT orders_owner TO CURRENT_USER;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'orders_owner' AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'orders_owner' AND NOT rolcanlogin) \g /dev/null
ALTER ROLE orders_app SET statement_timeout = '10s';
ALTER DATABASE orders OWNER TO orders_owner;
SET ROLE orders_owner;
COMMENT ON DATABASE orders IS 'groundwork: owned by service orders';
REVOKE ALL ON DATABASE orders FROM PUBLIC;
GRANT CONNECT ON DATABASE orders TO orders_app;
ALTER SCHEMA public OWNER TO orders_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO orders_app;
ALTER DEFAULT PRIVILEGES FOR ROLE orders_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO orders_app;
ALTER DEFAULT PRIVILEGES FOR ROLE orders_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO orders_app;
SELECT format('GRANT %s %s TO orders_app', CASE relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, oid::regclass) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'orders_owner' AND relacl IS NULL AND (relkind = 'S' OR relkind IN ('r', 'p', 'v', 'm', 'f')) \gexec
DO $do$ DECLARE other record; BEGIN FOR other IN SELECT oid::regclass AS name, pg_get_userbyid(relowner) AS role FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'orders_owner' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege('orders_app', oid, 'SELECT') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e') LOOP RAISE WARNING E'table % in database orders belongs to role %, and orders_app may not read it\n    fix: as that role or as postgres, ALTER TABLE % OWNER TO orders_owner', other.name, other.role, other.name; END LOOP; END $do$;
RESET ROLE;
REVOKE orders_owner FROM CURRENT_USER;
ALTER ROLE orders_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE orders_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
COMMIT;

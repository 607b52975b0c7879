\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'catalog'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service catalog' THEN RAISE EXCEPTION E'database catalog belongs to another service (%), and contract ''catalog'' claims it\n    at contract ''catalog'' › owns postgres\n    fix: %', note, 'give it back to that contract, or hand it over on purpose, as postgres on the server''s socket: COMMENT ON DATABASE catalog IS ''groundwork: owned by service catalog'''; END IF; END $do$;
SELECT 'CREATE ROLE catalog_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_owner') \gexec
ALTER ROLE catalog_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
SELECT 'CREATE ROLE catalog_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_app') \gexec
ALTER ROLE catalog_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE catalog_app SET statement_timeout = '10s';
GRANT catalog_owner TO CURRENT_USER;
SELECT 'CREATE DATABASE catalog OWNER catalog_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'catalog') \gexec
\connect catalog
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
GRANT catalog_owner TO CURRENT_USER;
SET ROLE catalog_owner;
COMMENT ON DATABASE catalog IS 'groundwork: owned by service catalog';
REVOKE ALL ON DATABASE catalog FROM PUBLIC;
GRANT CONNECT ON DATABASE catalog TO catalog_app;
ALTER SCHEMA public OWNER TO catalog_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO catalog_app;
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO catalog_app;
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO catalog_app;
RESET ROLE;
REVOKE catalog_owner FROM CURRENT_USER;

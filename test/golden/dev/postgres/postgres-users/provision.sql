\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'users'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service users' THEN RAISE EXCEPTION E'database users belongs to another service (%), and contract ''users'' claims it\n    at contract ''users'' › owns postgres\n    fix: %', note, 'give it back to that contract, or hand it over on purpose, as postgres on the server''s socket: COMMENT ON DATABASE users IS ''groundwork: owned by service users'''; END IF; END $do$;
SELECT 'CREATE ROLE users_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'users_owner') \gexec
ALTER ROLE users_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
SELECT 'CREATE ROLE users_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'users_app') \gexec
ALTER ROLE users_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE users_app SET statement_timeout = '10s';
GRANT users_owner TO CURRENT_USER;
SELECT 'CREATE DATABASE users OWNER users_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'users') \gexec
\connect users
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
GRANT users_owner TO CURRENT_USER;
SET ROLE users_owner;
COMMENT ON DATABASE users IS 'groundwork: owned by service users';
REVOKE ALL ON DATABASE users FROM PUBLIC;
GRANT CONNECT ON DATABASE users TO users_app;
ALTER SCHEMA public OWNER TO users_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO users_app;
ALTER DEFAULT PRIVILEGES FOR ROLE users_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO users_app;
ALTER DEFAULT PRIVILEGES FOR ROLE users_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO users_app;
RESET ROLE;
REVOKE users_owner FROM CURRENT_USER;

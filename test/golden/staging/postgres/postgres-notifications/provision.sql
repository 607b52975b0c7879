\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'notifications'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service notifications' THEN RAISE EXCEPTION E'database notifications belongs to another service (%), and contract ''notifications'' claims it\n    at contract ''notifications'' › owns postgres\n    fix: %', note, 'give it back to that contract, or hand it over on purpose, as postgres on the server''s socket: COMMENT ON DATABASE notifications IS ''groundwork: owned by service notifications'''; END IF; END $do$;
SELECT 'CREATE ROLE notifications_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notifications_owner') \gexec
ALTER ROLE notifications_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
SELECT 'CREATE ROLE notifications_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notifications_app') \gexec
ALTER ROLE notifications_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE notifications_app SET statement_timeout = '10s';
GRANT notifications_owner TO CURRENT_USER;
SELECT 'CREATE DATABASE notifications OWNER notifications_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'notifications') \gexec
\connect notifications
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
GRANT notifications_owner TO CURRENT_USER;
SET ROLE notifications_owner;
COMMENT ON DATABASE notifications IS 'groundwork: owned by service notifications';
REVOKE ALL ON DATABASE notifications FROM PUBLIC;
GRANT CONNECT ON DATABASE notifications TO notifications_app;
ALTER SCHEMA public OWNER TO notifications_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO notifications_app;
ALTER DEFAULT PRIVILEGES FOR ROLE notifications_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO notifications_app;
ALTER DEFAULT PRIVILEGES FOR ROLE notifications_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO notifications_app;
RESET ROLE;
REVOKE notifications_owner FROM CURRENT_USER;

\set ON_ERROR_STOP 1
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
DO $do$ DECLARE note text; BEGIN SELECT shobj_description(oid, 'pg_database') INTO note FROM pg_database WHERE datname = 'grafana'; IF note LIKE 'groundwork: owned by service %' AND note <> 'groundwork: owned by service grafana' THEN RAISE EXCEPTION E'database grafana belongs to another service (%), and contract ''grafana'' claims it\n    at contract ''grafana'' › owns postgres\n    fix: %', note, 'give it back to that contract, or hand it over on purpose, as postgres on the server''s socket: COMMENT ON DATABASE grafana IS ''groundwork: owned by service grafana'''; END IF; END $do$;
SELECT 'CREATE ROLE grafana_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_owner') \gexec
ALTER ROLE grafana_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
SELECT 'CREATE ROLE grafana_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_app') \gexec
ALTER ROLE grafana_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER ROLE grafana_app SET statement_timeout = '10s';
GRANT grafana_owner TO CURRENT_USER;
SELECT 'CREATE DATABASE grafana OWNER grafana_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'grafana') \gexec
\connect grafana
SELECT pg_advisory_lock(hashtext('groundwork provisioning')) \g /dev/null
GRANT grafana_owner TO CURRENT_USER;
SET ROLE grafana_owner;
COMMENT ON DATABASE grafana IS 'groundwork: owned by service grafana';
REVOKE ALL ON DATABASE grafana FROM PUBLIC;
GRANT CONNECT ON DATABASE grafana TO grafana_app;
ALTER SCHEMA public OWNER TO grafana_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO grafana_app;
ALTER DEFAULT PRIVILEGES FOR ROLE grafana_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO grafana_app;
ALTER DEFAULT PRIVILEGES FOR ROLE grafana_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO grafana_app;
RESET ROLE;
REVOKE grafana_owner FROM CURRENT_USER;

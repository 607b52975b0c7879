package groundwork.cassandra;

import java.util.concurrent.Callable;
import org.apache.cassandra.auth.CassandraRoleManager;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.db.ConsistencyLevel;

/**
 * Cassandra's own roles, without its default superuser, whose password everybody knows: a cluster starts with one role,
 * that of the provisioner, which logs in with a certificate only. A node writes role and identity each time it starts,
 * as old as can be, so that what the provisioner changes later stays.
 */
public final class ProvisionedRoleManager extends CassandraRoleManager {
  /** SPIFFE ID of the provisioner. */
  private static final String IDENTITY = System.getProperty("groundwork.provisioner");

  @Override
  protected void scheduleSetupTask(Callable<Void> defaultSuperuser) {
    super.scheduleSetupTask(() -> {
      write("INSERT INTO system_auth.roles (role, is_superuser, can_login) VALUES ('provisioner', true, true)");
      write("INSERT INTO system_auth.identity_to_role (identity, role) VALUES ('" + IDENTITY + "', 'provisioner')");
      return null;
    });
  }

  private static void write(String insert) {
    QueryProcessor.process(insert + " USING TIMESTAMP 0", ConsistencyLevel.ONE);
  }
}

package groundwork.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own TLS, with the certificate that is in the files now: every new connection looks whether they have changed.
 * Kafka can be told to read its listeners' files again, but the client by which its nodes reach the controllers can't
 * (KafkaRaftManager in 4.1 registers nothing with the dynamic configuration): it would go on with the certificate that
 * it started with, and be refused once that has expired.
 */
public final class RenewingSslEngineFactory implements SslEngineFactory {
  private static final Logger LOG = LoggerFactory.getLogger(RenewingSslEngineFactory.class);

  private Map<String, ?> configs = Map.of();
  private List<Path> files = List.of();
  private String version = "";
  private DefaultSslEngineFactory loaded;

  @Override
  public void configure(Map<String, ?> configs) {
    this.configs = configs;
    List<Path> named = new ArrayList<>();
    for (String setting : List.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)) {
      if (configs.get(setting) instanceof String file) named.add(Path.of(file));
    }
    this.files = List.copyOf(named);
    this.version = versionOf(files);
    this.loaded = load();
  }

  @Override
  public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
    return current().createClientSslEngine(peerHost, peerPort, endpointIdentification);
  }

  @Override
  public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
    return current().createServerSslEngine(peerHost, peerPort);
  }

  @Override
  public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
    return current().shouldBeRebuilt(nextConfigs);
  }

  @Override
  public Set<String> reconfigurableConfigs() {
    return current().reconfigurableConfigs();
  }

  @Override
  public KeyStore keystore() {
    return current().keystore();
  }

  @Override
  public KeyStore truststore() {
    return current().truststore();
  }

  @Override
  public synchronized void close() throws IOException {
    if (loaded != null) loaded.close();
  }

  /** What can't be read, such as files that are being replaced, leaves what was loaded before in use. */
  private synchronized DefaultSslEngineFactory current() {
    try {
      String now = versionOf(files);
      if (!now.equals(version)) {
        loaded = load();
        version = now;
        LOG.warn("certificate renewed: read {} again", files);
      }
    } catch (RuntimeException error) {
      LOG.error("certificate not renewed: {} can't be read", files, error);
    }
    return loaded;
  }

  private DefaultSslEngineFactory load() {
    DefaultSslEngineFactory next = new DefaultSslEngineFactory();
    next.configure(configs);
    return next;
  }

  /** The kubelet replaces a volume's files by moving a link, so that their real paths change. */
  private static String versionOf(List<Path> files) {
    StringBuilder version = new StringBuilder();
    for (Path file : files) {
      try {
        Path real = file.toRealPath();
        version.append(real).append(' ').append(Files.getLastModifiedTime(real)).append(' ').append(Files.size(real)).append('\n');
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
    return version.toString();
  }
}

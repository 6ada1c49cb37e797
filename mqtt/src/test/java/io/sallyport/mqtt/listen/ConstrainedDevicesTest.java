package io.sallyport.mqtt.listen;

import static io.sallyport.mqtt.listen.FrontFixture.listener;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import io.sallyport.mqtt.listen.ListenerConfig.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What saves a small device bytes, and the server work: the table of {@code
 * docs/guides/constrained-devices.md}, measured with OpenSSL's client through a wire that counts.
 */
class ConstrainedDevicesTest {
  private static final int RUNS = Integer.getInteger("constrained.runs", 5);
  private static final String FULL_13 = "TLS 1.3, P-256, full";
  private static final String FULL_12 = "TLS 1.2, P-256, full";

  /**
   * One line of the table.
   *
   * @param up bytes from the device, a whole connection
   * @param down bytes to it
   * @param record the largest record to it, which it must have room for
   * @param cpuMicros of the server's loops, without the JDK's share for accepting
   */
  private record Cost(long up, long down, int record, long cpuMicros) {
    long bytes() {
      return up + down;
    }
  }

  @TempDir private Path folder;

  private final Map<String, Cost> table = new LinkedHashMap<>();
  private FrontFixture fixture;

  @BeforeEach
  void open() {
    fixture =
        FrontFixture.with(
            listener("usual", Encryption.TLS),
            listener("capped", Encryption.TLS).with(new Tls(Tls.Provider.BEST, 512)),
            listener("jdk", Encryption.TLS).with(new Tls(Tls.Provider.JDK, Tls.RECORD_BYTES)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void each_technique_saves_what_the_guide_says() throws Exception {
    warmUp("usual", 20 * RUNS);
    warmUp("jdk", 5 * RUNS);
    measure(FULL_13, "usual", "-tls1_3");
    String ticket13 = session("usual", "-tls1_3");
    measure("TLS 1.3, resumed by ticket", "usual", "-tls1_3", "-sess_in", ticket13);
    measure(FULL_12, "usual", "-tls1_2");
    String ticket12 = session("usual", "-tls1_2");
    measure("TLS 1.2, resumed by ticket", "usual", "-tls1_2", "-sess_in", ticket12);
    String id12 = session("usual", "-tls1_2", "-no_ticket");
    measure("TLS 1.2, resumed by session id", "usual", "-tls1_2", "-no_ticket", "-sess_in", id12);
    measure("TLS 1.3, RSA-2048, full", "usual", "-tls1_3", "-sigalgs", "RSA-PSS+SHA256");
    measure(
        "TLS 1.2, RSA-2048, full", "usual", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256");
    measure(
        "TLS 1.3, P-256, ChaCha20",
        "usual",
        "-tls1_3",
        "-ciphersuites",
        "TLS_CHACHA20_POLY1305_SHA256");
    measure("TLS 1.3, P-256, JDK", "jdk", "-tls1_3");
    for (int length : new int[] {2, 3}) {
      fixture.front.replaceCertificates(
          new ServerIdentities(
              TestCertificates.chain("chain.test", length).asServer(), Optional.empty()));
      measure("TLS 1.3, P-256, chain of " + length, "usual", "-tls1_3");
    }
    fixture.front.replaceCertificates(FrontFixture.IDENTITIES);
    Cost usualRecords = data("4,000 bytes to the device", "usual", "-tls1_3");
    Cost smallRecords = data("4,000 bytes, records of 512", "capped", "-tls1_3");
    Cost fragments =
        data("4,000 bytes, fragment length 512", "jdk", "-tls1_2", "-maxfraglen", "512");
    Cost ping = exchange("PINGREQ and PINGRESP", 1, 2);
    Cost apart = exchange("10 messages of 60 bytes, a record each", 10, 60);
    Cost batched = exchange("10 messages of 60 bytes in one record", 1, 600);
    print();

    assertThat(cost("TLS 1.3, resumed by ticket").bytes()).isLessThan(cost(FULL_13).bytes());
    assertThat(cost("TLS 1.2, resumed by ticket").bytes()).isLessThan(cost(FULL_12).bytes());
    assertThat(cost("TLS 1.2, resumed by session id").bytes())
        .isLessThan(cost("TLS 1.2, resumed by ticket").bytes());
    assertThat(cost("TLS 1.3, RSA-2048, full").bytes()).isGreaterThan(cost(FULL_13).bytes());
    assertThat(cost("TLS 1.3, P-256, chain of 3").down())
        .isGreaterThan(cost("TLS 1.3, P-256, chain of 2").down());
    assertThat(usualRecords.record()).isGreaterThan(2_000);
    assertThat(smallRecords.record()).isLessThan(600);
    assertThat(fragments.record()).isLessThan(600);
    assertThat(ping.down()).isEqualTo(24);
    assertThat(batched.bytes()).isLessThan(apart.bytes());
  }

  /** Until the server's code is compiled. */
  private void warmUp(String listener, int connections) throws Exception {
    InetSocketAddress address = fixture.address(listener);
    for (int i = 0; i < connections; i++) {
      SSLContext context = FrontFixture.trustingClient(); // A new one resumes nothing.
      try (SSLSocket device =
          (SSLSocket)
              context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
        device.getOutputStream().write(RecordingInlet.ONE_SHOT);
        assertThat(device.getInputStream().readNBytes(3)).isEqualTo(RecordingInlet.ONE_SHOT);
      }
    }
  }

  private Cost cost(String name) {
    return Objects.requireNonNull(table.get(name), name);
  }

  private String session(String listener, String... options) throws IOException {
    String file = folder.resolve("session-" + table.size()).toString();
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.addAll(List.of("-sess_out", file));
    OpenSslClient.talk(
        fixture.address(listener), RecordingInlet.ONE_SHOT, all.toArray(String[]::new));
    return file;
  }

  /** A whole connection: handshake, a packet of three bytes each way, close. */
  private void measure(String name, String listener, String... options) throws IOException {
    run(name, listener, RecordingInlet.ONE_SHOT, options);
  }

  private Cost data(String name, String listener, String... options) throws IOException {
    byte[] sent = new byte[4_000];
    Arrays.fill(sent, (byte) 'x');
    sent[0] = RecordingInlet.ONE_SHOT[0];
    sent[sent.length - 1] = '!';
    return run(name, listener, sent, options);
  }

  private Cost run(String name, String listener, byte[] sent, String... options)
      throws IOException {
    try (CountingRelay wire = new CountingRelay(fixture.address(listener))) {
      OpenSslClient.talk(wire.address(), sent, options); // Warms up.
      settle(wire);
      wire.reset();
      long before = loopCpuNanos();
      for (int i = 0; i < RUNS; i++) {
        String output = OpenSslClient.talk(wire.address(), sent, options);
        assertThat(output.contains("Reused, TLS")).isEqualTo(name.contains("resumed"));
      }
      settle(wire);
      Cost cost =
          new Cost(
              wire.up() / RUNS,
              wire.down() / RUNS,
              wire.largestRecord(),
              (loopCpuNanos() - before) / 1_000 / RUNS);
      table.put(name, cost);
      return cost;
    }
  }

  /** Bytes of an exchange on an open connection, without the handshake. */
  private Cost exchange(String name, int writes, int bytesEach) throws Exception {
    try (CountingRelay wire = new CountingRelay(fixture.address("usual"))) {
      InetSocketAddress address = wire.address();
      SSLContext context = FrontFixture.trustingClient();
      try (SSLSocket device =
          (SSLSocket)
              context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
        device.setTcpNoDelay(true);
        OutputStream out = device.getOutputStream();
        InputStream in = device.getInputStream();
        out.write(RecordingInlet.STAYING);
        in.readNBytes(RecordingInlet.STAYING.length);
        wire.reset();
        long before = loopCpuNanos();
        for (int i = 0; i < writes; i++) {
          out.write(new byte[bytesEach]);
          in.readNBytes(bytesEach);
        }
        Cost cost =
            new Cost(
                wire.up(), wire.down(), wire.largestRecord(), (loopCpuNanos() - before) / 1_000);
        table.put(name, cost);
        return cost;
      }
    }
  }

  private void settle(CountingRelay wire) {
    await().until(wire::isQuiet);
    await().until(() -> fixture.meters.get("sallyport.listen.connections").gauge().value() == 0);
  }

  private static long loopCpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(thread ->
            thread != null
                && (thread.getThreadName().startsWith("tls-")
                    || thread.getThreadName().startsWith("io-")))
        .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
        .sum();
  }

  private void print() {
    System.out.println("| what | bytes up | bytes down | largest record | server CPU, µs |");
    System.out.println("| --- | ---: | ---: | ---: | ---: |");
    table.forEach((name, cost) ->
        System.out.printf(
            "| %s | %d | %d | %d | %d |%n",
            name, cost.up(), cost.down(), cost.record(), cost.cpuMicros()));
  }
}

package io.sallyport.mqtt.listen;

import static io.sallyport.mqtt.listen.FrontFixture.listener;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontTlsTest {
  @TempDir private Path folder;

  private FrontFixture fixture;

  @BeforeEach
  void open() {
    fixture =
        FrontFixture.with(
            listener("asking", Encryption.TLS_ASKING_CERTIFICATE),
            listener("quiet", Encryption.TLS),
            listener("other", Encryption.TLS),
            listener("capped", Encryption.TLS)
                .with(new ListenerConfig.Tls(ListenerConfig.Tls.Provider.BEST, 512)),
            listener("jdk", Encryption.TLS)
                .with(
                    new ListenerConfig.Tls(
                        ListenerConfig.Tls.Provider.JDK, ListenerConfig.Tls.RECORD_BYTES)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void boring_ssl_is_what_runs_here() {
    assertThat(ListenerTls.bestProvider()).isEqualTo(SslProvider.OPENSSL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void engine_learns_protocol_suite_and_server_name(String protocol) throws Exception {
    try (SSLSocket client = jdkClient("quiet", FrontFixture.trustingClient())) {
      SSLParameters parameters = client.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      parameters.setServerNames(List.of(new SNIHostName("acme.messaging.example.org")));
      client.setSSLParameters(parameters);
      exchange(client);

      ConnectionInfo info = fixture.inlet.last();
      assertThat(info.secure()).isTrue();
      assertThat(info.tlsProtocol()).isEqualTo(protocol);
      assertThat(info.cipherSuite()).isEqualTo(client.getSession().getCipherSuite());
      assertThat(info.sniHost()).hasValue("acme.messaging.example.org");
      assertThat(info.remote()).isEqualTo(client.getLocalSocketAddress());
      assertThat(fixture.count("sallyport.listen.handshakes", "outcome", "ok")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void client_that_knows_ecdsa_sees_the_p256_certificate(String version) throws IOException {
    assertThat(talk("quiet", version)).contains("CN = ecdsa.test").doesNotContain("CN = rsa.test");
  }

  @Test
  void tls12_client_without_ecdsa_suite_sees_the_rsa_certificate() throws IOException {
    assertThat(talk("quiet", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"))
        .contains("CN = rsa.test")
        .contains("Cipher    : ECDHE-RSA-AES128-GCM-SHA256");
  }

  @Test
  void tls13_client_without_ecdsa_signature_sees_the_rsa_certificate() throws IOException {
    assertThat(talk("quiet", "-tls1_3", "-sigalgs", "RSA-PSS+SHA256"))
        .contains("CN = rsa.test")
        .contains("New, TLSv1.3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void older_protocols_are_refused(String version) throws IOException {
    assertThat(talk("quiet", version, "-cipher", "ALL:@SECLEVEL=0"))
        .contains("protocol version")
        .doesNotContain("CN = ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void asking_listener_names_no_ca_and_hands_a_self_signed_certificate_over(String version)
      throws Exception {
    TestCertificates.Identity device = TestCertificates.ec("dev1");
    String pem = device.pem(folder, "device.pem").toString();

    String output = talk("asking", version, "-cert", pem, "-key", pem);

    assertThat(output).contains("No client certificate CA names sent");
    assertThat(fixture.inlet.last().peerCertificates()).containsExactly(device.leaf().getEncoded());
  }

  @Test
  void client_without_certificate_is_welcome_on_the_asking_listener() throws IOException {
    talk("asking");

    assertThat(fixture.inlet.last().peerCertificates()).isEmpty();
  }

  @Test
  void quiet_listener_asks_for_no_certificate() throws IOException {
    String pem = TestCertificates.ec("dev1").pem(folder, "device.pem").toString();

    assertThat(talk("quiet", "-msg", "-cert", pem, "-key", pem))
        .doesNotContain("CertificateRequest");
    assertThat(fixture.inlet.last().peerCertificates()).isEmpty();
  }

  @Test
  void chain_of_five_is_handed_over_leaf_first() throws Exception {
    TestCertificates.Identity device = TestCertificates.chain("dev1", 5);
    String pem = device.pem(folder, "device.pem").toString();
    String issuers = device.issuersPem(folder, "issuers.pem").toString();

    talk("asking", "-cert", pem, "-key", pem, "-cert_chain", issuers);

    assertThat(fixture.inlet.last().peerCertificates()).hasSize(5);
    assertThat(fixture.inlet.last().peerCertificates().getFirst())
        .isEqualTo(device.leaf().getEncoded());
  }

  @Test
  void chain_of_six_is_refused() throws IOException {
    TestCertificates.Identity device = TestCertificates.chain("dev1", 6);
    String pem = device.pem(folder, "device.pem").toString();
    String issuers = device.issuersPem(folder, "issuers.pem").toString();

    talk("asking", "-cert", pem, "-key", pem, "-cert_chain", issuers);

    assertThat(fixture.inlet.seen()).isEmpty();
    assertThat(fixture.count("sallyport.listen.handshakes", "reason", "client_certificate"))
        .isEqualTo(1);
  }

  @Test
  void chain_of_more_than_16_kib_is_refused() throws IOException {
    String pem = TestCertificates.big("dev1", 17 * 1024).pem(folder, "device.pem").toString();

    talk("asking", "-cert", pem, "-key", pem);

    assertThat(fixture.inlet.seen()).isEmpty();
    assertThat(fixture.count("sallyport.listen.handshakes", "outcome", "failed")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void session_is_resumed_and_still_carries_the_certificate(String version) throws Exception {
    TestCertificates.Identity device = TestCertificates.ec("dev1");
    String pem = device.pem(folder, "device.pem").toString();
    String ticket = folder.resolve("ticket").toString();
    assertThat(talk("asking", version, "-cert", pem, "-key", pem, "-sess_out", ticket))
        .contains("New, TLS");

    assertThat(talk("asking", version, "-sess_in", ticket)).contains("Reused, TLS");

    assertThat(fixture.inlet.last().peerCertificates()).containsExactly(device.leaf().getEncoded());
  }

  @Test
  void tls12_client_without_tickets_is_resumed_by_session_id() throws Exception {
    TestCertificates.Identity device = TestCertificates.ec("dev1");
    String pem = device.pem(folder, "device.pem").toString();
    String session = folder.resolve("session").toString();
    assertThat(
            talk(
                "asking", "-tls1_2", "-no_ticket", "-cert", pem, "-key", pem, "-sess_out", session))
        .contains("New, TLS");

    assertThat(talk("asking", "-tls1_2", "-no_ticket", "-sess_in", session))
        .contains("Reused, TLS");
    assertThat(fixture.inlet.last().peerCertificates()).containsExactly(device.leaf().getEncoded());
    assertThat(talk("quiet", "-tls1_2", "-no_ticket", "-sess_in", session)).contains("New, TLS");
  }

  @Test
  void forgotten_session_ids_are_worthless() throws IOException {
    String session = folder.resolve("session").toString();
    talk("quiet", "-tls1_2", "-no_ticket", "-sess_out", session);

    fixture.front.forgetTickets();

    assertThat(talk("quiet", "-tls1_2", "-no_ticket", "-sess_in", session)).contains("New, TLS");
  }

  @Test
  void session_that_did_not_ask_for_a_certificate_is_not_taken_where_one_is_asked_for()
      throws IOException {
    String ticket = folder.resolve("ticket").toString();
    talk("quiet", "-sess_out", ticket);

    assertThat(talk("asking", "-sess_in", ticket)).contains("New, TLS");
  }

  @Test
  void early_data_is_not_taken_with_a_ticket() throws IOException {
    String ticket = folder.resolve("ticket").toString();
    talk("quiet", "-tls1_3", "-sess_out", ticket);
    Path early = Files.write(folder.resolve("early"), RecordingInlet.STAYING);

    assertThat(talk("quiet", "-tls1_3", "-sess_in", ticket, "-early_data", early.toString()))
        .contains("Early data was not sent");
  }

  @Test
  void client_of_the_jdk_listener_gets_the_suite_that_it_prefers() throws IOException {
    assertThat(
            talk(
                "jdk",
                "-tls1_2",
                "-cipher",
                "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"))
        .contains("Cipher    : ECDHE-ECDSA-CHACHA20-POLY1305");
    assertThat(
            talk(
                "jdk",
                "-tls1_3",
                "-ciphersuites",
                "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"))
        .contains("Cipher is TLS_CHACHA20_POLY1305_SHA256");
  }

  @Test
  void tls13_client_that_knows_chacha20_only_gets_in() throws IOException {
    assertThat(talk("quiet", "-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"))
        .contains("New, TLSv1.3, Cipher is TLS_CHACHA20_POLY1305_SHA256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void records_to_the_client_are_no_larger_than_the_listener_says(String version)
      throws IOException {
    String capped = recordsOf("capped", version);
    String usual = recordsOf("quiet", version);

    // Content, and at most 8 bytes of nonce, 16 of tag and one of type.
    assertThat(largestRecord(capped)).isBetween(512, 512 + 25);
    assertThat(largestRecord(usual)).isGreaterThan(2_000);
  }

  private String recordsOf(String listener, String version) throws IOException {
    byte[] sent = new byte[4_000];
    Arrays.fill(sent, (byte) 'x');
    sent[0] = RecordingInlet.ONE_SHOT[0];
    sent[sent.length - 1] = '!';
    return OpenSslClient.talk(fixture.address(listener), sent, version, "-msg");
  }

  /**
   * Of those with data from the server: lines such as {@code <<< ... RecordHeader [length 0005]}.
   */
  private static int largestRecord(String output) {
    Matcher heads =
        Pattern.compile("<<< [^\\n]*RecordHeader[^\\n]*\\n\\s+17 03 03 ([0-9a-f]{2}) ([0-9a-f]{2})")
            .matcher(output);
    int largest = 0;
    while (heads.find()) {
      largest = Math.max(largest, Integer.parseInt(heads.group(1) + heads.group(2), 16));
    }
    return largest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void jdk_listener_answers_the_maximum_fragment_length(String version) throws IOException {
    assertThat(talk("jdk", version, "-maxfraglen", "512", "-tlsextdebug"))
        .contains("server extension \"max fragment length\"");
    assertThat(talk("quiet", version, "-maxfraglen", "512", "-tlsextdebug"))
        .doesNotContain("server extension \"max fragment length\"");
  }

  @Test
  void jdk_listener_refuses_renegotiation_and_takes_no_early_data() throws IOException {
    assertThat(OpenSslClient.renegotiate(fixture.address("jdk")))
        .contains("RENEGOTIATING")
        .doesNotContain("CN = ecdsa.test\nverify return:1\nread R BLOCK");
    assertThat(talk("jdk", "-tls1_3")).doesNotContain("Early data was accepted");
  }

  @Test
  void post_quantum_group_is_taken_where_the_client_only_prefers_another() throws Exception {
    assertThat(groupTaken("X25519", "X25519MLKEM768")).isEqualTo(0x11EC);
    assertThat(groupTaken("P-256", "X25519")).isEqualTo(0x001D);
    assertThat(groupTaken("P-256")).isEqualTo(0x0017);
  }

  /**
   * The group of the server's key share, read from the wire; RFC 8446 §4.2.7 and the registry of
   * named groups have the numbers.
   */
  private int groupTaken(String... offered) throws Exception {
    SslContext tls =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .protocols("TLSv1.3")
            .option(OpenSslContextOption.GROUPS, offered)
            .build();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    assertThat(nettyHandshake(tls, read)).isTrue();
    return WireHello.keyShareGroup(read.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void ticket_of_one_listener_is_not_taken_by_another(String version) throws IOException {
    String ticket = folder.resolve("ticket").toString();
    talk("quiet", version, "-sess_out", ticket);

    assertThat(talk("other", version, "-sess_in", ticket)).contains("New, TLS");
    assertThat(talk("quiet", version, "-sess_in", ticket)).contains("Reused, TLS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void forgotten_tickets_are_worthless(String version) throws IOException {
    String ticket = folder.resolve("ticket").toString();
    talk("quiet", version, "-sess_out", ticket);

    fixture.front.forgetTickets();

    assertThat(talk("quiet", version, "-sess_in", ticket)).contains("New, TLS");
  }

  @Test
  void ticket_outlives_one_rotation_of_keys_and_not_two() throws IOException {
    String ticket = folder.resolve("ticket").toString();
    talk("quiet", "-sess_out", ticket);

    fixture.front.rotateTickets();
    assertThat(talk("quiet", "-sess_in", ticket)).contains("Reused, TLS");
    fixture.front.rotateTickets();
    assertThat(talk("quiet", "-sess_in", ticket)).contains("New, TLS");
  }

  @Test
  void early_data_is_not_offered() throws IOException {
    String ticket = folder.resolve("ticket").toString();

    assertThat(talk("quiet", "-tls1_3", "-sess_out", ticket))
        .contains("Max Early Data: 0")
        .doesNotContain("Early data was accepted");
  }

  @Test
  void renegotiation_is_refused() throws IOException {
    assertThat(OpenSslClient.renegotiate(fixture.address("quiet")))
        .contains("RENEGOTIATING")
        .containsIgnoringCase("no renegotiation");
  }

  @Test
  void http2_is_not_negotiated() throws IOException {
    assertThat(talk("quiet", "-alpn", "h2")).contains("No ALPN negotiated");
  }

  @Test
  void replaced_certificate_is_seen_by_new_connections_only() throws Exception {
    List<X509Certificate> seen = new ArrayList<>();
    SSLContext client = FrontFixture.trustingClient(seen);
    TestCertificates.Identity renewed = TestCertificates.ec("renewed.test");
    try (SSLSocket before = jdkClient("quiet", client)) {
      exchange(before);

      fixture.front.replaceCertificates(new ServerIdentities(renewed.asServer(), Optional.empty()));

      exchange(before);
      try (SSLSocket after = jdkClient("quiet", FrontFixture.trustingClient(seen))) {
        exchange(after);
      }
    }
    assertThat(seen).containsExactly(FrontFixture.EC.leaf(), renewed.leaf());
  }

  @ParameterizedTest
  @ValueSource(strings = {"X25519MLKEM768", "X25519", "P-256"})
  void client_with_one_group_only_gets_in(String group) throws Exception {
    SslContext tls =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .protocols("TLSv1.3")
            .option(OpenSslContextOption.GROUPS, new String[] {group})
            .build();

    assertThat(nettyHandshake(tls)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void jdk_provider_does_the_same_where_boring_ssl_is_missing(String protocol) throws Exception {
    TestCertificates.Identity device = TestCertificates.ec("dev1");
    String pem = device.pem(folder, "device.pem").toString();
    String version = protocol.equals("TLSv1.2") ? "-tls1_2" : "-tls1_3";
    String ticket = folder.resolve("ticket").toString();
    try (FrontFixture jdk =
        new FrontFixture(
            Transport.nio(1),
            SslProvider.JDK,
            UnaryOperator.identity(),
            listener("asking", Encryption.TLS_ASKING_CERTIFICATE),
            listener("other", Encryption.TLS_ASKING_CERTIFICATE))) {
      InetSocketAddress address = jdk.address("asking");

      String output =
          OpenSslClient.talk(
              address,
              RecordingInlet.ONE_SHOT,
              version,
              "-cert",
              pem,
              "-key",
              pem,
              "-sess_out",
              ticket);

      assertThat(output)
          .contains("CN = ecdsa.test")
          .contains("No client certificate CA names sent");
      assertThat(jdk.inlet.last().tlsProtocol()).isEqualTo(protocol);
      assertThat(jdk.inlet.last().peerCertificates()).containsExactly(device.leaf().getEncoded());
      assertThat(
              OpenSslClient.talk(
                  jdk.address("other"), RecordingInlet.ONE_SHOT, version, "-sess_in", ticket))
          .contains("New, TLS");
      assertThat(
              OpenSslClient.talk(
                  address,
                  RecordingInlet.ONE_SHOT,
                  "-tls1_2",
                  "-cipher",
                  "ECDHE-RSA-AES128-GCM-SHA256"))
          .contains("CN = rsa.test");
    }
  }

  private String talk(String listener, String... options) throws IOException {
    return OpenSslClient.talk(fixture.address(listener), RecordingInlet.ONE_SHOT, options);
  }

  private SSLSocket jdkClient(String listener, SSLContext context) throws IOException {
    InetSocketAddress address = fixture.address(listener);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void exchange(SSLSocket client) throws IOException {
    client.getOutputStream().write(RecordingInlet.STAYING);
    assertThat(client.getInputStream().readNBytes(RecordingInlet.STAYING.length))
        .isEqualTo(RecordingInlet.STAYING);
  }

  private boolean nettyHandshake(SslContext tls) throws InterruptedException {
    return nettyHandshake(tls, new ByteArrayOutputStream());
  }

  /** Keeps what came from the server, as it was on the wire. */
  private boolean nettyHandshake(SslContext tls, ByteArrayOutputStream read)
      throws InterruptedException {
    try (Transport transport = Transport.nio(1)) {
      Channel channel =
          new Bootstrap()
              .group(transport.workers())
              .channel(NioSocketChannel.class)
              .handler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                      opened
                          .pipeline()
                          .addLast(
                              new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(ChannelHandlerContext ctx, Object message) {
                                  ByteBuf bytes = (ByteBuf) message;
                                  read.writeBytes(ByteBufUtil.getBytes(bytes));
                                  ctx.fireChannelRead(message);
                                }
                              });
                      opened.pipeline().addLast(tls.newHandler(opened.alloc()));
                    }
                  })
              .connect(fixture.address("quiet"))
              .sync()
              .channel();
      var handshake = channel.pipeline().get(SslHandler.class).handshakeFuture();
      boolean done = handshake.await(10, TimeUnit.SECONDS) && handshake.isSuccess();
      channel.close().sync();
      return done;
    }
  }
}

package io.sallyport.web.hop;

import io.sallyport.platform.device.RequestConnection;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A small application behind the hop that tells what it sees. */
@SpringBootConfiguration
@EnableAutoConfiguration
class HopApp {
  @Bean
  SecurityFilterChain open(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
        .csrf(csrf -> csrf.disable())
        .build();
  }

  @RestController
  static final class Probe {
    final AtomicLong written = new AtomicLong();
    final AtomicLong received = new AtomicLong();
    final AtomicInteger places = new AtomicInteger();
    volatile @Nullable RequestConnection connection;
    final CountDownLatch slowBegan = new CountDownLatch(1);
    final CountDownLatch slowMayEnd = new CountDownLatch(1);

    @GetMapping("/whoami")
    Map<String, String> whoami(HttpServletRequest request) {
      PeerRecord peer = PeerRecord.of(request);
      Map<String, String> seen = new TreeMap<>();
      seen.put("remote", request.getRemoteAddr() + ":" + request.getRemotePort());
      seen.put("local", request.getLocalAddr() + ":" + request.getLocalPort());
      seen.put("scheme", request.getScheme());
      seen.put("secure", String.valueOf(request.isSecure()));
      seen.put("url", request.getRequestURL().toString());
      seen.put(
          "x509", String.valueOf(request.getAttribute("jakarta.servlet.request.X509Certificate")));
      seen.put("listener", peer.listener());
      seen.put("tls", peer.tlsProtocol());
      seen.put("chain", String.valueOf(peer.chain().der().size()));
      seen.put("virtual", String.valueOf(Thread.currentThread().isVirtual()));
      seen.put(
          "headers",
          String.join(",", Collections.list(request.getHeaderNames()).stream().sorted().toList()));
      return seen;
    }

    @GetMapping("/redirect")
    void redirect(HttpServletResponse response) throws IOException {
      response.sendRedirect("/there");
    }

    @GetMapping("/session")
    String session(HttpServletRequest request) {
      return request.getSession(true).isNew() ? "new" : "old";
    }

    @GetMapping("/occupy")
    int occupy(HttpServletRequest request) {
      RequestConnection on = (RequestConnection) request.getAttribute(RequestConnection.ATTRIBUTE);
      places.incrementAndGet();
      on.occupy(places::decrementAndGet);
      connection = on;
      return places.get();
    }

    @GetMapping("/bytes")
    void bytes(@RequestParam long count, HttpServletResponse response) throws IOException {
      response.setContentLengthLong(count);
      OutputStream out = response.getOutputStream();
      byte[] block = new byte[16 * 1024];
      for (long left = count; left > 0; ) {
        int part = (int) Math.min(block.length, left);
        out.write(block, 0, part);
        left -= part;
        written.addAndGet(part);
      }
    }

    @PostMapping("/upload")
    String upload(HttpServletRequest request) throws IOException {
      byte[] block = new byte[16 * 1024];
      long total = 0;
      for (int n = request.getInputStream().read(block); n >= 0; ) {
        total += n;
        received.addAndGet(n);
        n = request.getInputStream().read(block);
      }
      return String.valueOf(total);
    }

    @PostMapping("/deaf")
    void deaf(HttpServletResponse response) {
      response.setStatus(413);
    }

    @GetMapping("/slow")
    String slow() throws InterruptedException {
      slowBegan.countDown();
      return slowMayEnd.await(20, TimeUnit.SECONDS) ? "whole" : "never told";
    }

    @PostMapping("/api/v0002/device/types/t/devices/d/events/e")
    String event(@RequestBody(required = false) String body) {
      return "handed over";
    }
  }
}

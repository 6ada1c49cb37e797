package io.sallyport.web.hop;

import io.sallyport.platform.device.RequestConnection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Makes every request tell the truth about its peer: record as attribute, scheme from the record
 * even where the request line names another, and no header left in which a client could claim an
 * address, a scheme or a certificate.
 */
final class PeerCustomizer implements HttpConfiguration.Customizer {

  /** Headers in which proxies of the world pass on what they know of the client. */
  private static final Set<String> STRIPPED =
      Set.of(
          "forwarded",
          "x-real-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "true-client-ip",
          "cf-connecting-ip",
          "client-cert",
          "client-cert-chain",
          "x-arr-clientcert",
          "x-ssl",
          "front-end-https",
          "x-url-scheme");

  private static final List<String> STRIPPED_PREFIXES =
      List.of(
          "x-forwarded",
          "x-client-cert",
          "x-ssl-",
          "x-tls-",
          "ssl-client",
          "ssl_client",
          "x-amzn-mtls-");

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    if (!(endPoint instanceof PeerEndPoint client)) {
      // The second lock: no connection gets here without a token.
      throw new IllegalStateException("request on a connection without a peer record");
    }
    PeerRecord peer = client.peer();
    request.setAttribute(PeerRecord.ATTRIBUTE, peer);
    request.setAttribute(RequestConnection.ATTRIBUTE, client);
    long number = client.headDone();
    Request.addCompletionListener(request, _ -> client.requestDone(number));
    return new PeerRequest(request, peer);
  }

  private static boolean stripped(HttpField field) {
    String name = field.getName().toLowerCase(Locale.ROOT);
    return STRIPPED.contains(name) || STRIPPED_PREFIXES.stream().anyMatch(name::startsWith);
  }

  private static final class PeerRequest extends Request.Wrapper {
    private final HttpFields headers;
    private final HttpURI uri;
    private final boolean secure;

    PeerRequest(Request request, PeerRecord peer) {
      super(request);
      secure = peer.secure();
      headers = without(request.getHeaders());
      // An absolute request target (RFC 9112 §3.2.2) brings a scheme of the client's choice.
      HttpScheme scheme = secure ? HttpScheme.HTTPS : HttpScheme.HTTP;
      HttpURI asked = request.getHttpURI();
      uri =
          scheme.is(asked.getScheme()) ? asked : HttpURI.build(asked).scheme(scheme).asImmutable();
    }

    private static HttpFields without(HttpFields all) {
      for (HttpField field : all) {
        if (stripped(field)) {
          HttpFields.Mutable kept = HttpFields.build();
          for (HttpField candidate : all) {
            if (!stripped(candidate)) {
              kept.add(candidate);
            }
          }
          return kept.asImmutable();
        }
      }
      return all;
    }

    @Override
    public HttpFields getHeaders() {
      return headers;
    }

    @Override
    public HttpURI getHttpURI() {
      return uri;
    }

    @Override
    public boolean isSecure() {
      return secure;
    }
  }
}

package io.sallyport.web.operation;

import java.util.List;

/** The listeners that let clients in without login; operators see them beside the checks. */
public interface LoginlessListeners {
  List<Shown> shown();

  /**
   * One of them.
   *
   * @param port as configured; 0 lets the system choose
   * @param loopbackOnly whether only this host reaches it
   */
  record Shown(
      int port,
      List<String> bind,
      String tenant,
      String space,
      String user,
      boolean loopbackOnly) {}
}

package io.sallyport.simulator.figures;

import java.io.Console;
import java.io.PrintStream;

/**
 * One line of figures that refreshes itself on a terminal; elsewhere plain lines, fewer of them.
 * Safe from any thread.
 */
public final class LiveLine {
  private static final int PLAIN_EVERY = 5;

  private final PrintStream out;
  private final boolean terminal;
  private boolean open;
  private int shows;

  public LiveLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Writes to standard output, refreshing when that is a terminal. */
  // Error Prone takes the console for never null, as it was from 22 on; in 25 it is null again when
  // input or output is redirected.
  @SuppressWarnings("SystemConsoleNull")
  public static LiveLine ofStandardOutput() {
    Console console = System.console();
    return new LiveLine(System.out, console != null && console.isTerminal());
  }

  /** Shows these figures; meant to be called once a second. */
  public synchronized void show(String figures) {
    if (terminal) {
      out.print("\r" + figures + "\u001b[K");
      out.flush();
      open = true;
    } else if (shows++ % PLAIN_EVERY == 0) {
      out.println(figures);
    }
  }

  /** Prints a line that stays, above the live one. */
  public synchronized void say(String line) {
    if (open) {
      out.print("\r\u001b[K");
      open = false;
    }
    out.println(line);
  }
}

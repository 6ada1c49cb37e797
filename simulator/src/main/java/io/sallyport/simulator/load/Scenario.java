package io.sallyport.simulator.load;

import java.io.IOException;

/** One measurement against one server. */
interface Scenario {
  /** The name on the command line. */
  String name();

  /**
   * Runs it; bounded in time and count by the plan.
   *
   * @throws IOException when the server refuses what the scenario needs
   */
  ScenarioResult run(LoadTarget target, LoadPlan plan) throws IOException, InterruptedException;
}

package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.SessionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who gets a message: every subscriber once, however many of its filters match, with what they
 * grant together ({@link Grant#and}; MESSAGING.md section 7 row 34, MQTT-3.3.5-1, v5:MQTT-3.3.4-2).
 */
final class Matches<S> {
  private static final int SCAN_MAX = 16;

  private final @Nullable SessionKey publisher;

  /** As long as only one filter matched, its snapshot itself is the answer. */
  private Grants.@Nullable Snapshot<S> only;

  private @Nullable List<Grant<S>> merged;
  private @Nullable Map<S, Integer> positions;
  private int visits;
  private boolean cut;

  /**
   * @param publisher grants that are not for its messages are left out; null leaves none out
   */
  Matches(@Nullable SessionKey publisher) {
    this.publisher = publisher;
  }

  void add(Grants<S> grants) {
    Grants.Snapshot<S> snapshot = grants.snapshot();
    if (snapshot.size() == 0) {
      return;
    }
    boolean whole = publisher == null || !snapshot.hasNoLocal();
    if (only == null && merged == null && whole) {
      only = snapshot;
      return;
    }
    List<Grant<S>> list = merged;
    if (list == null) {
      list = new ArrayList<>();
      merged = list;
      if (only != null) {
        merge(list, only);
      }
      only = null;
    }
    merge(list, snapshot);
  }

  /** The search has ended after so many nodes of the tree; before all were seen if cut. */
  void searched(int nodes, boolean cutShort) {
    visits = nodes;
    cut = cutShort;
  }

  int visits() {
    return visits;
  }

  boolean isCut() {
    return cut;
  }

  int size() {
    if (only != null) {
      return only.size();
    }
    return merged == null ? 0 : merged.size();
  }

  Grant<S> get(int index) {
    if (only != null) {
      return only.get(index);
    }
    if (merged == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return merged.get(index);
  }

  private void merge(List<Grant<S>> list, Grants.Snapshot<S> more) {
    for (int i = 0; i < more.size(); i++) {
      Grant<S> grant = more.get(i);
      if (grant.notFrom() != null && grant.notFrom().equals(publisher)) { // [v5:MQTT-3.8.3-3]
        continue;
      }
      int at = position(list, grant.subscriber());
      if (at < 0) {
        list.add(grant);
        if (positions != null) {
          positions.put(grant.subscriber(), list.size() - 1);
        }
      } else {
        list.set(at, list.get(at).and(grant));
      }
    }
  }

  private int position(List<Grant<S>> list, S subscriber) {
    if (list.size() <= SCAN_MAX) {
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i).subscriber().equals(subscriber)) {
          return i;
        }
      }
      return -1;
    }
    if (positions == null) {
      positions = new HashMap<>();
      for (int i = 0; i < list.size(); i++) {
        positions.put(list.get(i).subscriber(), i);
      }
    }
    Integer position = positions.get(subscriber);
    return position == null ? -1 : position;
  }
}

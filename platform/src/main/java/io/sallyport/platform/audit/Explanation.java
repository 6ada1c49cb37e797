package io.sallyport.platform.audit;

import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.Optional;

/**
 * Why something was refused, for those who may know (THREATS T47).
 *
 * @param tenant who owned the refused resource; empty: only the operator may see it
 * @param rule the rule that refused, e.g. {@code watson.topic.device-scope}
 * @param text what happened, in a sentence
 * @param fix what to do about it, in a sentence
 */
public record Explanation(
    RefusalId id,
    Optional<TenantId> tenant,
    Instant time,
    String actor,
    String rule,
    String text,
    String fix,
    long count) {}

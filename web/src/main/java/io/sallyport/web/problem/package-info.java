/**
 * The one place where a refusal or fault becomes an HTTP answer ({@code application/problem+json},
 * RFC 9457). May import {@code json} and the platform. Read {@link
 * io.sallyport.web.problem.ProblemAnswers} first.
 */
@NullMarked
package io.sallyport.web.problem;

import org.jspecify.annotations.NullMarked;

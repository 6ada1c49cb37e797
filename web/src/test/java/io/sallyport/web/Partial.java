package io.sallyport.web;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/** Gives an object that has only some of an interface's methods that interface. */
final class Partial {
  private Partial() {}

  static <T> T of(Class<T> type, Object target) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              for (Method candidate : target.getClass().getDeclaredMethods()) {
                if (candidate.getName().equals(method.getName())
                    && Arrays.equals(candidate.getParameterTypes(), method.getParameterTypes())) {
                  candidate.setAccessible(true);
                  try {
                    return candidate.invoke(target, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }
              }
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(target, arguments);
              }
              throw new UnsupportedOperationException(method.toString());
            });
    return type.cast(proxy);
  }
}

package dev.millrace.cli.terminal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears Ctrl-C and the signals that ask a program to end, so that it can come to a safe point first. A second one ends it at once.
///
/// Shutdown hooks would not do: all of them run at the same time, and the demo's server must outlive its sync. `sun.misc.Signal` is
/// part of every JDK 25 but hidden from the compiler, hence the reflection; where it is missing, signals end the JVM as ever.
public final class Interrupts {

    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);
    private static final int KILLED = 130;

    private Interrupts() {}

    /// Has `first` done at the first signal, on a thread of the JVM's.
    public static void then(Runnable first) {
        InvocationHandler handler = new InvocationHandler() {
            private boolean heard;

            @Override
            public synchronized Object invoke(Object proxy, Method method, Object[] arguments) {
                return switch (method.getName()) {
                    case "handle" -> {
                        if (heard) {
                            Runtime.getRuntime().halt(KILLED);
                        }
                        heard = true;
                        first.run();
                        yield proxy;
                    }
                    case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "interrupts";
                };
            }
        };
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            listen(name, handler);
        }
    }

    private static void listen(String name, InvocationHandler handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> listener = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(listener.getClassLoader(), new Class<?>[] {listener}, handler);
            Object named = signal.getConstructor(String.class).newInstance(name);
            MethodHandle handle = MethodHandles.publicLookup()
                    .findStatic(signal, "handle", MethodType.methodType(listener, signal, listener));
            Object before = handle.invoke(named, proxy);
            // Whoever started us with the signal ignored (`nohup`, a shell's background job) wants it ignored.
            if (listener.getField("SIG_IGN").get(null).equals(before)) {
                handle.invoke(named, before);
            }
        } catch (Throwable e) {
            LOG.debug("signal={} heard=false", name, e);
        }
    }
}

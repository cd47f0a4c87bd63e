import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

final class Check {
    static void equal(Object wanted, Object found) {
        if (!wanted.equals(found)) {
            throw new AssertionError("expected " + wanted + ", got " + found);
        }
    }

    static void that(boolean condition, Object found) {
        if (!condition) {
            throw new AssertionError(String.valueOf(found));
        }
    }

    /** That the call fails with just this exception, whose text begins so. */
    static <E extends Throwable> E fails(Class<E> type, String text, Callable<?> call) {
        try {
            Object answer = call.call();
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + answer);
        } catch (Exception failure) {
            Throwable cause = failure instanceof CompletionException || failure instanceof ExecutionException
                    ? failure.getCause() : failure;
            that(type.equals(cause.getClass()) && cause.getMessage().startsWith(text), cause);
            return type.cast(cause);
        }
    }

    static <T> T only(List<T> list) {
        equal(1, list.size());
        return list.get(0);
    }

    private Check() {}
}

package dev.millrace.core.value;

/// Documents and queries of the full-text search: their text from the binary form.
final class PgTextSearch {

    private static final int OPERAND = 1;
    private static final int OPERATOR = 2;
    private static final int NOT = 1;
    private static final int AND = 2;
    private static final int OR = 3;
    private static final int PHRASE = 4;
    private static final int DEPTH_MAX = 2_000;
    private static final String WEIGHTS = "DCBA";

    private PgTextSearch() {}

    /// A `tsvector`: lexemes with their places.
    static String vector(FieldReader in) {
        int count = in.count(3);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            out.append(i > 0 ? " " : "");
            lexeme(in.zeroTerminated(), out);
            int places = in.int16() & 0xFFFF;
            for (int place = 0; place < places; place++) {
                int packed = in.int16() & 0xFFFF;
                out.append(place == 0 ? ':' : ',').append(packed & 0x3FFF);
                if (packed >> 14 != 0) {
                    out.append(WEIGHTS.charAt(packed >> 14));
                }
            }
        }
        return out.toString();
    }

    private static void lexeme(String text, StringBuilder out) {
        out.append('\'');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == '\\') {
                out.append(c);
            }
            out.append(c);
        }
        out.append('\'');
    }

    /// A `tsquery`: operators before their operands, the right one first.
    static String query(FieldReader in) {
        if (in.count(3) == 0) {
            return "";
        }
        return infix(in, 0, false, 0);
    }

    private static String infix(FieldReader in, int parentPriority, boolean rightOfPhrase, int depth) {
        if (depth > DEPTH_MAX) {
            throw new MalformedValue("Invalid tsquery: more than %d levels".formatted(DEPTH_MAX));
        }
        int kind = in.int8();
        if (kind == OPERAND) {
            return operand(in);
        }
        int operator = in.int8();
        if (kind != OPERATOR || operator < NOT || operator > PHRASE) {
            throw new MalformedValue("Invalid tsquery: an item %d/%d (must be an operand or operator)".formatted(kind, operator));
        }
        int priority = priority(operator);
        if (operator == NOT) {
            String negated = "!" + infix(in, priority, false, depth + 1);
            return priority < parentPriority ? "( " + negated + " )" : negated;
        }
        int distance = operator == PHRASE ? in.int16() : 0;
        String right = infix(in, priority, operator == PHRASE, depth + 1);
        String left = infix(in, priority, false, depth + 1);
        String text = left + " " + sign(operator, distance) + " " + right;
        boolean parenthesis = priority < parentPriority || operator == PHRASE && rightOfPhrase;
        return parenthesis ? "( " + text + " )" : text;
    }

    private static int priority(int operator) {
        return switch (operator) {
            case OR -> 1;
            case AND -> 2;
            case PHRASE -> 3;
            default -> 4;
        };
    }

    private static String sign(int operator, int distance) {
        return switch (operator) {
            case OR -> "|";
            case AND -> "&";
            default -> distance == 1 ? "<->" : "<" + distance + ">";
        };
    }

    private static String operand(FieldReader in) {
        int weight = in.int8();
        boolean prefix = in.int8() != 0;
        StringBuilder out = new StringBuilder();
        lexeme(in.zeroTerminated(), out);
        if (weight != 0 || prefix) {
            out.append(':').append(prefix ? "*" : "");
            for (int i = 3; i >= 0; i--) {
                if ((weight & 1 << i) != 0) {
                    out.append(WEIGHTS.charAt(i));
                }
            }
        }
        return out.toString();
    }
}

package dev.millrace.core.naming;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Any text as a lower-case ASCII name in snake_case.
final class SnakeCase {

    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern OTHERS = Pattern.compile("[^A-Za-z0-9_]");
    private static final Pattern WORD_ENDS = Pattern.compile("([a-z0-9])([A-Z])");
    private static final Pattern LAST_CAPITAL = Pattern.compile("([A-Z])([A-Z][a-z])");
    private static final Pattern UNDERSCORES = Pattern.compile("_+");
    private static final Pattern BEFORE_LETTER = Pattern.compile("^_+(?=[a-z])");

    /// Letters that have no accent to lose, each with how it is written in Latin.
    private static final Map<Integer, String> LATIN = latin();

    private SnakeCase() {}

    /// The name; never empty.
    static String of(String text) {
        String ascii = OTHERS.matcher(inLatin(text)).replaceAll("_");
        String split = LAST_CAPITAL.matcher(WORD_ENDS.matcher(ascii).replaceAll("$1_$2")).replaceAll("$1_$2");
        String name = UNDERSCORES.matcher(split).replaceAll("_").toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
            return "_";
        }
        return Character.isDigit(name.charAt(0)) ? "_" + name : name;
    }

    /// The name without underscores that stand before a letter.
    static String fromFirstLetter(String name) {
        return BEFORE_LETTER.matcher(name).replaceAll("");
    }

    /// The name without the underscore that it begins with.
    static String withoutUnderscore(String name) {
        return name.startsWith("_") ? name.substring(1) : name;
    }

    private static String inLatin(String text) {
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFKD);
        StringBuilder latin = new StringBuilder(decomposed.length());
        MARKS.matcher(decomposed)
                .replaceAll("")
                .codePoints()
                .forEach(letter -> latin.append(LATIN.getOrDefault(letter, Character.toString(letter))));
        return latin.toString();
    }

    private static Map<Integer, String> latin() {
        Map<Integer, String> latin = new HashMap<>();
        add(latin, "ß ss æ ae œ oe ø o đ d ð d þ th ł l ħ h ı i ŋ n ŧ t ĸ k ə e ƒ f");
        add(latin, "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o");
        add(latin, "а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh"
                + " щ shch ы y э e ю yu я ya є ye ђ d ј j љ lj њ nj ћ c џ dz ґ g");
        // Letters that have no sound of their own.
        latin.put((int) 'ъ', "");
        latin.put((int) 'Ъ', "");
        latin.put((int) 'ь', "");
        latin.put((int) 'Ь', "");
        return Map.copyOf(latin);
    }

    /// Adds pairs of a small letter and how it is written, and the capitals of both.
    private static void add(Map<Integer, String> latin, String pairs) {
        String[] parts = pairs.split(" ");
        for (int i = 0; i < parts.length; i += 2) {
            int small = parts[i].codePointAt(0);
            int capital = Character.toUpperCase(small);
            if (capital > 0x7f) {
                latin.put(capital, parts[i + 1].substring(0, 1).toUpperCase(Locale.ROOT) + parts[i + 1].substring(1));
            }
            latin.put(small, parts[i + 1]);
        }
        latin.put((int) 'ẞ', "SS");
    }
}

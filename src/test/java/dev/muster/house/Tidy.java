package dev.muster.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of single texts. Each returns the problems it found; an empty list means none. */
final class Tidy {
    private static final Pattern UNFINISHED = Pattern.compile("\\b(" + "FIX" + "ME|TO" + "DO|XX" + "X|HA" + "CK)\\b");
    private static final Pattern MACHINE_PATH = Pattern.compile("(?<![\\w.}*~/-])/(home|root|work)/");
    private static final Pattern SQL = Pattern.compile(
            "\\b(select\\b.{1,200}\\bfrom\\s+\\w|insert\\s+into\\s|update\\s+\\w+\\s+set\\s|delete\\s+from\\s"
                    + "|(create|alter|drop)\\s+(table|index|schema|type)\\s)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern SLEEP =
            Pattern.compile("\\bThread\\s*(\\.|::)\\s*sleep\\b|\\bTimeUnit\\.\\w+\\.sleep\\b");
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public\\s+(?:(?:abstract|final|sealed|non-sealed|strictfp)\\s+)*(?:@interface|class|interface|record|enum)\\s+(\\w+)",
            Pattern.MULTILINE);
    private static final Pattern OPENS_WITH_SENTENCE =
            Pattern.compile("\\A/\\*\\*\\s*(?:\\*\\s*)?[A-Z][^.]*\\.", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern FENCE =
            Pattern.compile("^(```+|~~~+)\\s*(\\w*)[^\\n]*\\n(.*?)^\\1\\s*$", Pattern.MULTILINE | Pattern.DOTALL);

    /** A fenced block of Markdown: its language, its first line, and its text. */
    record Block(String language, int line, String text) {}

    private Tidy() {}

    static List<String> unfinished(String text) {
        return linesWith(UNFINISHED, text);
    }

    static List<String> machinePaths(String text) {
        return linesWith(MACHINE_PATH, text);
    }

    static List<String> blanks(String text) {
        List<String> wrong = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.indexOf('\t') >= 0) {
                wrong.add((i + 1) + ": tab");
            }
            if (!line.isEmpty() && Character.isWhitespace(line.charAt(line.length() - 1))) {
                wrong.add((i + 1) + ": trailing blank");
            }
        }
        if (text.indexOf('\r') >= 0) {
            wrong.add("carriage return");
        }
        if (!text.isEmpty() && !text.endsWith("\n")) {
            wrong.add("no newline at the end");
        }
        return wrong;
    }

    /** Finds SQL statements in string literals, but not short protocol words such as {@code kill query}. */
    static List<String> inlineSql(String java) {
        return linesWith(SQL, JavaText.literals(java));
    }

    static List<String> sleeps(String java) {
        return linesWith(SLEEP, JavaText.codeOnly(java));
    }

    static List<String> packageInfo(String java) {
        List<String> wrong = new ArrayList<>();
        if (!OPENS_WITH_SENTENCE.matcher(java).find()) {
            wrong.add("does not open with a Javadoc sentence that says what the package is");
        }
        if (!Pattern.compile("^@NullMarked$", Pattern.MULTILINE).matcher(java).find()) {
            wrong.add("is not @NullMarked");
        }
        return wrong;
    }

    /** Finds public top-level types without Javadoc directly above them or above their annotations. */
    static List<String> undocumentedTypes(String java) {
        List<String> wrong = new ArrayList<>();
        Matcher type = PUBLIC_TYPE.matcher(java);
        while (type.find()) {
            String above = java.substring(0, type.start()).stripTrailing();
            while (above.substring(above.lastIndexOf('\n') + 1).matches("@\\w.*|[})]+| {4,}.*")) {
                above = above.substring(0, above.lastIndexOf('\n') + 1).stripTrailing();
            }
            int opens = above.lastIndexOf("/**");
            if (!above.endsWith("*/") || opens < 0 || above.indexOf("*/", opens) != above.length() - 2) {
                wrong.add(type.group(1) + " has no Javadoc");
            }
        }
        return wrong;
    }

    /** Returns the targets of links and images outside of code, without links to other sites and to anchors of the same page. */
    static List<String> relativeLinks(String markdown) {
        String prose = FENCE.matcher(markdown).replaceAll("").replaceAll("`[^`\\n]*`", "");
        return LINK.matcher(prose)
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.matches("[a-z][a-z0-9+.-]*:.*") && !target.startsWith("#"))
                .map(target -> target.replaceFirst("#.*", ""))
                .toList();
    }

    static List<Block> blocks(String markdown) {
        return FENCE.matcher(markdown)
                .results()
                .map(fence -> new Block(
                        fence.group(2),
                        (int) markdown.substring(0, fence.start()).lines().count() + 1,
                        fence.group(3)))
                .toList();
    }

    private static List<String> linesWith(Pattern pattern, String text) {
        List<String> wrong = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (pattern.matcher(lines.get(i)).find()) {
                wrong.add((i + 1) + ": " + lines.get(i).strip());
            }
        }
        return wrong;
    }
}

package dev.muster.cli;

import dev.muster.node.ConfDir;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/** The options shared by several commands, so that they look and mean the same everywhere. */
public final class Options {

    private static final String CONF = "--conf";
    static final String DEBUG = "--debug";

    private static final String INPUT = "--input";
    private static final String PLAN = "PLAN";

    private Options() {}

    /** A command specification with a description, {@code --help}, and examples at the end of the help. */
    public static CommandSpec command(String name, String about, String... examples) {
        var usage = new UsageMessageSpec()
                .description(about)
                .width(100)
                .sortOptions(false)
                .sortSynopsis(false)
                .synopsisHeading("usage: ")
                .descriptionHeading("%n")
                .parameterListHeading("%n")
                .optionListHeading("%n");
        if (examples.length > 0) {
            usage.footerHeading("%nExamples:%n").footer(indented(examples));
        }
        return CommandSpec.create()
                .name(name)
                .usageMessage(usage)
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this help.")
                        .build());
    }

    static PositionalParamSpec plan() {
        return PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .required(true)
                .paramLabel(PLAN)
                .type(String.class)
                .description(
                        "The plan's file, YAML or JSON, or the name of a saved plan of the configuration; - reads standard input.")
                .build();
    }

    static PositionalParamSpec plans() {
        return PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .paramLabel(PLAN)
                .type(String[].class)
                .description(
                        "Plan files, or names of saved plans; by default all in the folder plans of the configuration.")
                .build();
    }

    static OptionSpec input() {
        return OptionSpec.builder("-i", INPUT)
                .paramLabel("JSON|@FILE")
                .type(String.class)
                .description("The input, as JSON or from a file; @- reads standard input. Default: {}.")
                .build();
    }

    /** The option for the configuration folder. */
    public static OptionSpec conf() {
        return OptionSpec.builder("-c", CONF)
                .paramLabel("DIR")
                .type(String.class)
                .description("The configuration folder, which must exist; default: conf, if it exists.")
                .build();
    }

    static OptionSpec debug() {
        return flag(DEBUG, "Reports slow steps and unobserved failures, and logs at debug level, on standard error.");
    }

    /** An option without a value. */
    public static OptionSpec flag(String name, String about) {
        return OptionSpec.builder(name)
                .arity("0")
                .type(boolean.class)
                .description(about)
                .build();
    }

    /** An option with one value. */
    public static OptionSpec value(String name, String label, Class<?> type, String about) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(type)
                .description(about)
                .build();
    }

    /** Whether a flag is present. */
    public static boolean has(ParseResult parsed, String flag) {
        return parsed.hasMatchedOption(flag);
    }

    /** The place of the configuration. */
    public static ConfDir where(ParseResult parsed) {
        String conf = parsed.matchedOptionValue(CONF, null);
        return conf == null ? ConfDir.DEFAULT : new ConfDir(ProcessText.file(CONF, conf), true);
    }

    static boolean isDebug(ParseResult parsed) {
        return has(parsed, DEBUG);
    }

    /** The text of {@code --input}, or null. */
    static @Nullable String input(ParseResult parsed) {
        return parsed.matchedOptionValue(INPUT, null);
    }

    private static String[] indented(String... lines) {
        var indented = new String[lines.length];
        for (int i = 0; i < lines.length; i++) {
            // Picocli interprets percent signs in the footer.
            indented[i] = "  " + lines[i].replace("%", "%%");
        }
        return indented;
    }
}

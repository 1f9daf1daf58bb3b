package dev.muster.connect.http;

import dev.muster.plan.UriTemplate;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** As much of a URI template as these tests need: {@code {name}} escaped, {@code {+name}} as it is. */
record FakeUriTemplate(String source) implements UriTemplate {

    private static final Pattern VARIABLE = Pattern.compile("\\{(\\+?)([a-z]+)}");

    @Override
    public Set<String> variables() {
        var names = new TreeSet<String>();
        VARIABLE.matcher(source).results().forEach(match -> names.add(match.group(2)));
        return names;
    }

    @Override
    public String expand(Function<String, Object> values) {
        return VARIABLE.matcher(source).replaceAll(match -> {
            Object value = values.apply(match.group(2));
            String text = value == null ? "" : value.toString();
            String expanded = match.group(1).isEmpty() ? UriText.component(text) : text;
            return java.util.regex.Matcher.quoteReplacement(expanded);
        });
    }
}

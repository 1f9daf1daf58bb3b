package dev.muster.cli;

/** Recognizes paths of items, such as {@code sellers[3]}. Paths of steps inside an item do not count. */
final class ItemPaths {

    private ItemPaths() {}

    static boolean isItem(String path) {
        int bracket = path.indexOf('[');
        return bracket >= 0 && path.endsWith("]") && path.indexOf('[', bracket + 1) < 0;
    }
}

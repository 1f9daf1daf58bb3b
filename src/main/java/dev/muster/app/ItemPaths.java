package dev.muster.app;

/** Paths of items, {@code sellers[3]}; what runs inside an item is none. */
final class ItemPaths {

    private ItemPaths() {}

    static boolean isItem(String path) {
        int bracket = path.indexOf('[');
        return bracket >= 0 && path.endsWith("]") && path.indexOf('[', bracket + 1) < 0;
    }
}

package io.github.dsrl4j.dsrl.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An input size as a user writes it: {@code HEIGHTxWIDTH}. */
record InputSize(int height, int width) {
    private static final int LEAST = 32;

    /** Reads {@code 180x240}. */
    static final class Converter implements ITypeConverter<InputSize> {
        @Override
        public InputSize convert(String text) {
            if (!text.matches("[0-9]{1,5}x[0-9]{1,5}")) {
                throw new TypeConversionException("'" + text + "' is no size; write HEIGHTxWIDTH, such as 180x240");
            }
            String[] sides = text.split("x", 2);
            var size = new InputSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
            if (size.height < LEAST || size.width < LEAST) {
                throw new TypeConversionException("'" + text + "' is too small; each side needs at least " + LEAST);
            }
            return size;
        }
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}

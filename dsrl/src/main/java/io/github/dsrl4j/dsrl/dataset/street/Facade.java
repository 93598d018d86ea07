package io.github.dsrl4j.dsrl.dataset.street;

/** A wall with rows of windows, a ground floor with doors or shop windows, and the shadow of what stands opposite. */
final class Facade implements Material {
    private static final Tint GLASS = Tint.of(0x39424C);
    private static final Tint CURTAIN = Tint.of(0xB9B2A2);
    private static final int[] WALLS = {
        0x9A5F48, 0x8C5A48, 0xA87858, 0xB49A78, 0xC9B99A, 0xD8CFBE, 0xB8B4AC, 0x8E8A84, 0xC8B48E, 0x7A5648, 0xA8A49A,
        0xD2C4A4
    };
    private static final int[] FRONTS = {0x2C4A3A, 0x6A2424, 0x243A66, 0x202224, 0xB8B0A0, 0x8A6A2A, 0x4A3A5A, 0xC0C0C0
    };
    private static final int[] DOORS = {0x2A4A34, 0x5A2020, 0x20304E, 0x2A2420, 0xD0CCC0, 0x6A5030};

    private enum Style {
        BRICK,
        PLASTER,
        STONE,
        OFFICE
    }

    final double width;
    final double height;
    private final Style style;
    private final Tint wall;
    private final Tint trim;
    private final Tint front;
    private final Tint door;
    private final boolean shop;
    private final double ground;
    private final double storey;
    private final double bay;
    private final double windowWidth;
    private final double windowHeight;
    private final double margin;
    private final int doorBay;
    private final int salt;
    private final boolean mullion;
    private final boolean blank;
    /** Below this height the sun does not reach the wall. */
    private final double shadowTop;

    /**
     * @param blank a side wall with few windows
     * @param shadowTop height of the shadow on it
     */
    Facade(Dice dice, double width, double height, boolean blank, double shadowTop) {
        this.width = width;
        this.height = height;
        this.blank = blank;
        this.shadowTop = shadowTop;
        double kind = dice.unit();
        style = kind < 0.45 ? Style.BRICK : kind < 0.75 ? Style.PLASTER : kind < 0.88 ? Style.STONE : Style.OFFICE;
        wall = wallTint(style, dice);
        trim = (dice.chance(0.6) ? Tint.of(0xDAD7CE) : wall.times(1.35)).vary(dice, 0.1);
        front = Tint.of(dice.pick(FRONTS)).vary(dice, 0.2);
        door = Tint.of(dice.pick(DOORS)).vary(dice, 0.2);
        shop = !blank && style != Style.OFFICE && dice.chance(0.35);
        ground = shop ? dice.between(3.3, 4) : dice.between(2.8, 3.2);
        int storeys = Math.max(1, (int) ((height - ground) / dice.between(2.7, 3.2)));
        storey = Math.max(1.2, (height - ground) / storeys);
        int bays = Math.max(1, (int) (width / (style == Style.OFFICE ? 1.7 : dice.between(2, 3))));
        bay = width / bays;
        windowWidth = style == Style.OFFICE ? bay * 0.84 : Math.min(bay * 0.62, dice.between(0.9, 1.5));
        windowHeight = style == Style.OFFICE ? storey * 0.68 : storey * dice.between(0.45, 0.58);
        margin = (bay - windowWidth) / 2;
        doorBay = dice.below(bays);
        salt = dice.below(256);
        mullion = dice.chance(0.7);
    }

    private static Tint wallTint(Style style, Dice dice) {
        return switch (style) {
            case BRICK ->
                Tint.of(dice.pick(0x9A5F48, 0x8C5A48, 0xA87858, 0xB49A78, 0x7A5648, 0xA8805C))
                        .vary(dice, 0.15);
            case OFFICE ->
                Tint.of(dice.pick(0x8E8A84, 0xA8A49A, 0x707478, 0xB8B4AC)).vary(dice, 0.15);
            default -> Tint.of(dice.pick(WALLS)).vary(dice, 0.15);
        };
    }

    /** The tone of the wall, for roofs and chimneys beside it. */
    Tint wall() {
        return wall;
    }

    @Override
    public void shade(double u, double v, double pixel, int shadow, Shade out) {
        out.sun = v < shadowTop + 0.8 * Noise.at(u * 0.4 + salt, 3.5) ? 0 : 1;
        masonry(u, v, pixel, out);
        if (v > height - 0.3) {
            out.set(trim, v > height - 0.08 ? 0.7 : 0.95); // cornice
        } else if (shop && v < ground) {
            shopFront(u, v, out);
        } else {
            openings(u, v, out);
        }
        // Rain leaves streaks, and the street its dirt.
        out.scale((0.86 + 0.22 * Noise.at(u * 1.7 + salt, v * 0.25)) * (0.72 + 0.28 * Noise.smoothStep(0, 1.6, v)));
    }

    private void masonry(double u, double v, double pixel, Shade out) {
        double tone = 0.9 + 0.2 * Noise.at(u * 0.6 + salt, v * 0.6);
        if (style == Style.BRICK && pixel < 0.05) {
            int course = Noise.floor(v / 0.09);
            double along = u / 0.24 + 0.5 * (course & 1);
            int brick = Noise.floor(along);
            double contrast = Math.min(1, 2 - pixel / 0.025);
            tone *= 1 + contrast * 0.35 * (Noise.cell(brick + salt, course) - 0.5);
            if (v / 0.09 - course < 0.16 || along - brick < 0.06) {
                tone *= 1 + 0.22 * contrast;
            }
        } else if (style == Style.STONE && pixel < 0.12) {
            int course = Noise.floor(v / 0.4);
            double along = u / 0.8 + 0.5 * (course & 1);
            int block = Noise.floor(along);
            tone *= 0.92 + 0.16 * Noise.cell(block + salt, course);
            if (v / 0.4 - course < 0.07 || along - block < 0.035) {
                tone *= 0.8;
            }
        }
        out.set(wall, tone);
    }

    private void openings(double u, double v, Shade out) {
        int column = Math.clamp(Noise.floor(u / bay), 0, 255);
        double x = u - column * bay - margin;
        boolean below = v < ground;
        int row = below ? 0 : 1 + Noise.floor((v - ground) / storey);
        if (blank && Noise.cell(column * 7 + salt, row * 3) > 0.22) {
            return;
        }
        double floorHeight = below ? ground : storey;
        double base = below ? 0 : ground + (row - 1) * storey;
        if (below && column == doorBay && !blank) {
            entrance(x - windowWidth / 2, v, out);
            return;
        }
        double high = below ? Math.min(windowHeight, ground - 1.2) : windowHeight;
        double y = v - base - (floorHeight - high) * 0.55;
        if (x < -0.08 || x > windowWidth + 0.08 || y < -0.14 || y > high + 0.1) {
            return;
        }
        if (x < 0 || x > windowWidth || y < 0 || y > high) {
            out.set(trim, y < 0 ? 1.05 : 0.9); // surround and sill
            return;
        }
        boolean bar = style != Style.OFFICE
                && mullion
                && (Math.abs(x - windowWidth / 2) < 0.035 || Math.abs(y - high * 0.55) < 0.035);
        if (x < 0.06 || x > windowWidth - 0.06 || y < 0.06 || y > high - 0.06 || bar) {
            out.set(style == Style.OFFICE ? GLASS : trim, 0.95);
            return;
        }
        pane(column, row, x / windowWidth, y / high, out);
    }

    /** Glass mirrors the sky above and the dark opposite side below; some rooms have curtains or light. */
    private void pane(int column, int row, double x, double y, Shade out) {
        double room = Noise.cell(column + 31 * salt, row);
        out.set(GLASS, 0.6 + 0.6 * room);
        if (room > 0.6 && (x < 0.28 || x > 0.72 || y > 1.4 - room)) {
            out.set(CURTAIN, 0.7);
        }
        out.gloss = (0.1 + 0.35 * Noise.cell(column * 5 + salt, row + 9)) * (0.35 + 0.65 * y);
        out.scale(y > 0.9 ? 0.6 : 1); // the lintel's shadow
    }

    private void entrance(double x, double v, Shade out) {
        double off = Math.abs(x);
        if (off > 0.68 || v > 2.55) {
            return;
        }
        if (off > 0.5 || v > 2.4) {
            out.set(trim, 0.95);
        } else if (v > 2.02) {
            out.set(GLASS, 0.8);
            out.gloss = 0.2;
        } else {
            boolean panel = off > 0.08 && off < 0.38 && ((v > 0.25 && v < 0.9) || (v > 1.05 && v < 1.85));
            out.set(door, panel ? 0.8 : 1);
        }
    }

    private void shopFront(double u, double v, Shade out) {
        double board = ground - 0.75;
        if (v > ground - 0.1) {
            out.set(trim, 0.8);
        } else if (v > board) {
            out.set(front, 1);
            lettering(u, (v - board) / 0.65, out);
        } else if (v < 0.45) {
            out.set(front, 0.7);
        } else {
            double wide = Math.max(bay, 2.2);
            double x = u - wide * Noise.floor(u / wide);
            if (x < 0.12 || x > wide - 0.12 || v > board - 0.1) {
                out.set(front, 0.85);
                return;
            }
            // Goods behind the glass.
            double goods = Noise.cell(Noise.floor(u / 0.42) + salt, Noise.floor(v / 0.36));
            boolean shelf = v < 1.9 && goods > 0.62;
            out.set(shelf ? CURTAIN : GLASS, shelf ? goods * goods : 0.5 + 0.4 * v / board);
            out.gloss = 0.1 + 0.2 * Noise.smoothStep(0.8, board, v);
        }
    }

    /** Strokes that read as writing from a distance. */
    private void lettering(double u, double v, Shade out) {
        if (v < 0.28 || v > 0.76 || u < width * 0.15 || u > width * 0.8) {
            return;
        }
        int letter = Noise.floor(u / 0.34);
        double x = u / 0.34 - letter;
        if (Noise.cell(letter + salt, 77) < 0.15 || x > 0.78) {
            return;
        }
        double shape = Noise.cell(letter * 3 + salt, Noise.floor(v * 9) + 11 * Noise.floor(x * 3));
        if (x < 0.22 || shape > 0.55) {
            out.set(front.g() > 0.2 ? GLASS : trim, 0.95);
        }
    }
}

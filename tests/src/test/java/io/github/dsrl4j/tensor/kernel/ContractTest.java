package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The contract catches each kind of wrong kernel: one that doubles numbers, except for its fault. */
final class ContractTest {
    private static final Kernels LAST = Implementations.ALL.getLast().getLast();

    /** Does its mischief on the last implementation only. */
    private static Contract doubling(Contract.Call mischief) {
        return Contract.of("doubling", (kernels, s) -> {
            for (int i = 0; i < 9; i++) {
                s[1].set(i, 2 * s[0].get(i));
            }
            if (kernels.equals(LAST)) {
                mischief.run(kernels, s);
            }
        });
    }

    private static void assertCaught(String expected, Contract contract) {
        contract.reads(Slab.of(9, i -> i));
        double[] ones = {1, 1, 1, 1, 1, 1, 1, 1, 1};
        String message = assertThrows(AssertionError.class, contract.writes(4, ones)::check)
                .getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void aRightKernelPasses() {
        Slab y = doubling((kernels, s) -> {})
                .reads(Slab.of(9, i -> i))
                .writes(9)
                .check()
                .getFirst();
        assertEquals(16, y.get(8));
    }

    @Test
    void everyFaultIsCaught() {
        assertCaught("element 3 of 9 is 6.000001, not 6.0", doubling((k, s) -> s[1].set(3, 6.000001f)));
        assertCaught("element 3 of 9 is NaN, not 6.0", doubling((k, s) -> s[1].set(3, Float.NaN)));
        assertCaught(
                "element 3 of 9 was not overwritten",
                doubling((k, s) -> s[1].set(3, Slab.poisoned(9).get(3))));
        assertCaught("input 0 was changed: element 3 of 9 is 7.0, not 3.0", doubling((k, s) -> s[0].set(3, 7)));
        assertCaught("wrote 1.0 at -1, outside its output of 9", doubling((k, s) -> s[1].set(-1, 1)));
        assertCaught("wrote 1.0 at 9, outside its output of 9", doubling((k, s) -> s[1].set(9, 1)));
    }

    @Test
    void aTeamWhoseBitsDifferIsCaught() {
        float nearly = Math.nextUp(6f);
        double[] loose = {100, 100, 100, 100, 100, 100, 100, 100, 100};
        Contract contract = doubling((kernels, s) -> s[1].set(3, nearly))
                .reads(Slab.of(9, i -> i))
                .writes(4, loose);
        String message = assertThrows(AssertionError.class, contract::check).getMessage();
        assertTrue(message.contains("against team 1: element 3 of 9 is " + nearly + ", not 6.0"), message);
    }
}

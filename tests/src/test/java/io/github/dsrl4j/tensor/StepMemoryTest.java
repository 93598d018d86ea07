package io.github.dsrl4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class StepMemoryTest {
    private static float[] lend(int length) {
        return Tensor.empty(Shape.of(length)).array();
    }

    @Test
    void theNextStepReusesTheMemoryOfTheLast() throws Exception {
        var memory = new StepMemory();
        Set<float[]> first = identities(memory.run(() -> List.of(lend(10), lend(10), lend(7))));
        Set<float[]> second = identities(memory.run(() -> List.of(lend(7), lend(10), lend(10))));
        assertEquals(3, first.size());
        assertEquals(first, second);
        List<float[]> third = memory.run(() -> List.of(lend(10), lend(11)));
        assertTrue(first.contains(third.get(0)));
        assertFalse(first.contains(third.get(1)));
    }

    private static Set<float[]> identities(List<float[]> arrays) {
        Set<float[]> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(arrays);
        return set;
    }

    @Test
    void withinAStepNothingIsLentTwice() throws Exception {
        var memory = new StepMemory();
        for (int step = 0; step < 3; step++) {
            Set<float[]> arrays = memory.run(() -> {
                List<float[]> lent = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    lent.add(lend(5));
                }
                return identities(lent);
            });
            assertEquals(100, arrays.size());
        }
    }

    @Test
    void reusedMemoryIsNotTrustedToBeZero() throws Exception {
        var memory = new StepMemory();
        memory.run(() -> Tensor.full(Shape.of(4), 9));
        assertArrayEquals(
                new float[4], memory.run(() -> Tensor.zeros(Shape.of(4)).toArray()));
    }

    @Test
    void storageReleasedByItsLastHolderIsLentAgainAtOnce() throws Exception {
        var memory = new StepMemory();
        memory.run(() -> {
            Tensor tensor = Tensor.empty(Shape.of(6));
            float[] array = tensor.array();
            tensor.storage().retain();
            tensor.reshape(2, 3).storage().retain();
            tensor.storage().release();
            assertNotSame(array, lend(6));
            tensor.storage().release();
            assertSame(array, lend(6));
            return null;
        });
    }

    @Test
    void releasingMoreOftenThanRetainingIsRefused() {
        Storage storage = Tensor.empty(Shape.of(2)).storage();
        storage.retain();
        storage.release();
        var error = assertThrows(IllegalStateException.class, storage::release);
        assertEquals("storage: released more often than retained", error.getMessage());
    }

    @Test
    void whatIsMadeOutsideIsLeftAlone() throws Exception {
        var memory = new StepMemory();
        Tensor momentum = memory.run(() -> {
            lend(3);
            return StepMemory.outside(() -> Tensor.full(Shape.of(3), 5));
        });
        for (int step = 0; step < 3; step++) {
            float[] array = memory.run(() -> Tensor.full(Shape.of(3), 1).array());
            assertNotSame(momentum.array(), array);
        }
        assertArrayEquals(new float[] {5, 5, 5}, momentum.toArray());
        assertEquals(2.0f, StepMemory.outside(() -> Tensor.scalar(2)).item(), "without a step around it");
    }

    @Test
    void tensorsMadeWithoutAStepAreTheirOwn() throws Exception {
        var memory = new StepMemory();
        float[] lent = memory.run(() -> lend(8));
        assertNotSame(lent, lend(8));
        assertNotSame(lent, Tensor.zeros(Shape.of(8)).array());
    }

    @Test
    void aStepThatFailsGivesItsMemoryBack() throws Exception {
        var memory = new StepMemory();
        List<float[]> lent = new ArrayList<>();
        var error = assertThrows(
                IOException.class,
                () -> memory.run(() -> {
                    lent.add(lend(12));
                    throw new IOException("disk");
                }));
        assertEquals("disk", error.getMessage());
        assertSame(lent.getFirst(), memory.run(() -> lend(12)));
    }

    @Test
    void oneStepAtATime() throws Exception {
        var memory = new StepMemory();
        float[] outer = memory.run(() -> {
            float[] array = lend(4);
            var error = assertThrows(IllegalStateException.class, () -> memory.run(() -> lend(4)));
            assertEquals("step memory: a step is already running on it", error.getMessage());
            return array;
        });
        assertSame(outer, memory.run(() -> lend(4)), "the refused step must not have ended the running one");
    }

    @Test
    void stepsOnDifferentMemoriesNest() throws Exception {
        var outer = new StepMemory();
        var inner = new StepMemory();
        outer.run(() -> {
            float[] mine = lend(9);
            float[] other = inner.run(() -> lend(9));
            assertNotSame(mine, other);
            assertNotSame(other, lend(9));
            return null;
        });
        assertEquals(2 * 9 * Float.BYTES, outer.peakBytes());
        assertEquals(9 * Float.BYTES, inner.peakBytes());
    }

    @Test
    void thePeakIsTheMostThatWasLentAtOneTime() throws Exception {
        var memory = new StepMemory();
        assertEquals(0, memory.peakBytes());
        memory.run(() -> {
            Tensor tensor = Tensor.empty(Shape.of(100));
            tensor.storage().retain();
            lend(50);
            tensor.storage().release();
            return lend(70);
        });
        memory.run(() -> lend(120));
        assertEquals(150 * Float.BYTES, memory.peakBytes());
    }

    @Test
    void aTensorIsNotReadAfterItsStepNorAfterItsLastHolderLetGo() throws Exception {
        String expected =
                "storage: this tensor's memory was given back, at the end of its step or when its last holder released it;"
                        + " copy what has to outlive the step";
        var memory = new StepMemory();
        Tensor kept = memory.run(() -> Tensor.full(Shape.of(4), 9));
        assertTrue(kept.storage().isGone());
        assertEquals(
                expected,
                assertThrows(IllegalStateException.class, kept::toArray).getMessage());
        assertEquals(
                expected, assertThrows(IllegalStateException.class, kept::array).getMessage());
        assertEquals(
                expected,
                assertThrows(
                                IllegalStateException.class,
                                () -> kept.reshape(2, 2).copy())
                        .getMessage());
        memory.run(() -> {
            Tensor tensor = Tensor.full(Shape.of(4), 1);
            tensor.storage().retain();
            assertEquals(1, tensor.get(2));
            tensor.storage().release();
            return assertThrows(IllegalStateException.class, tensor::toArray);
        });
    }

    @Test
    void aHolderThatLetsGoAfterTheStepTakesNothingFromTheNext() throws Exception {
        var memory = new StepMemory();
        Tensor old = memory.run(() -> {
            Tensor tensor = Tensor.full(Shape.of(5), 1);
            tensor.storage().retain();
            return tensor;
        });
        memory.run(() -> {
            Tensor now = Tensor.full(Shape.of(5), 2);
            old.storage().release();
            Tensor other = Tensor.full(Shape.of(5), 3);
            assertNotSame(now.array(), other.array());
            assertArrayEquals(new float[] {2, 2, 2, 2, 2}, now.toArray());
            return null;
        });
    }

    @Test
    void whatIsReservedDoesNotGrowOverEqualSteps() throws Exception {
        var memory = new StepMemory();
        for (int step = 0; step < 5; step++) {
            memory.run(() -> {
                for (int i = 1; i <= 20; i++) {
                    lend(i);
                    Tensor brief = Tensor.empty(Shape.of(3 * i));
                    brief.storage().retain();
                    brief.storage().release();
                }
                return null;
            });
        }
        // Of the brief ones each is larger than the one before, and some serve as a later long-lived one.
        assertTrue(memory.reservedBytes() <= 4L * (20 * 21 / 2) * Float.BYTES, () -> memory.reservedBytes() + " bytes");
        long reserved = memory.reservedBytes();
        memory.run(() -> lend(1));
        assertEquals(reserved, memory.reservedBytes());
    }
}

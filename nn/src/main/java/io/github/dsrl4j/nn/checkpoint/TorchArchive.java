package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * What a PyTorch file holds, whatever its container: the pickled object, and the bytes of the storages that it refers
 * to.
 *
 * @param root the object that was saved
 * @param bytes gives all bytes that were saved for the storage of a view
 * @param code what TorchScript's code says of its classes; empty where there is none
 */
record TorchArchive(Object root, Function<TensorView, MemorySegment> bytes, ScriptCode code) {}

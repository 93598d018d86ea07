package io.github.dsrl4j.nn.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says in words what an {@link IOException} means, whose own message is often just a path. */
public final class Failures {
    private Failures() {}

    /** The reason in a few words, without the file, which the message around it names. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException exists -> "there is a file of this name already";
            case NotDirectoryException file -> "it is not a directory";
            case DirectoryNotEmptyException full -> "the directory is not empty";
            case FileSystemLoopException loop -> "its links lead in a circle";
            case FileSystemException failure when failure.getReason() != null -> failure.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}

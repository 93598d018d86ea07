# shellcheck shell=bash
# What the launchers of this repository share: finding a JDK, building what is missing, and the JVM's own words. They source it after
# they have set $program, their name in messages, and $root, the repository.

needed_major=25 needed_minor=0 needed_patch=3

fail() {
    printf '%s: %s\n' "${program:?}" "$1" >&2
    exit 1
}

# --- the JDK ---------------------------------------------------------------------------------------------------------

# Reads JAVA_VERSION from the file that every JDK keeps beside bin: no JVM has to start.
jdk_version() {
    sed -n 's/^JAVA_VERSION="\([0-9.]*\).*/\1/p' "$1/release" 2>/dev/null
}

new_enough() {
    local major minor patch
    IFS=. read -r major minor patch _ <<<"$1"
    minor=${minor:-0} patch=${patch:-0}
    [ -n "$major" ] || return 1
    [ "$major" -ne $needed_major ] && { [ "$major" -gt $needed_major ]; return; }
    [ "$minor" -ne $needed_minor ] && { [ "$minor" -gt $needed_minor ]; return; }
    [ "$patch" -ge $needed_patch ]
}

jdk_candidates() {
    local java link home
    [ -n "${JAVA_HOME:-}" ] && printf '%s\n' "$JAVA_HOME"
    if java=$(command -v java); then
        while [ -L "$java" ]; do
            link=$(readlink "$java")
            case $link in
                /*) java=$link ;;
                *) java=$(dirname "$java")/$link ;;
            esac
        done
        dirname "$(dirname "$java")"
    fi
    [ -x /usr/libexec/java_home ] && /usr/libexec/java_home -v $needed_major 2>/dev/null
    for home in /usr/lib/jvm/* /usr/local/*jdk* /usr/java/* /opt/* /opt/java/* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* \
        "${HOME:-/}"/.local/share/mise/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ -d "$home" ] && printf '%s\n' "$home"
    done
}

# Sets $jdk to the home of the first JDK that is new enough.
find_jdk() {
    local home found seen=
    jdk=
    while IFS= read -r home; do
        [ -x "$home/bin/javac" ] || continue
        found=$(jdk_version "$home")
        if new_enough "$found"; then
            jdk=$home
            return
        fi
        case " $seen " in *" $found "*) ;; *) seen="$seen $found" ;; esac
    done < <(jdk_candidates)
    fail "needs JDK $needed_major.$needed_minor.$needed_patch or newer, found ${seen:+only}${seen:- none}: install it, for example Eclipse Temurin $needed_major from https://adoptium.net, or set JAVA_HOME to it"
}

# A runtime image may have been made without the Vector API.
has_vector_api() {
    grep -q 'jdk\.incubator\.vector' "$jdk/release" || "$jdk/bin/java" --list-modules | grep -q '^jdk\.incubator\.vector'
}

# --- the build -------------------------------------------------------------------------------------------------------

# jar_of MODULE: the jar of a module, which is given by its folder.
jar_of() {
    local version
    version=$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' "${root:?}/pom.xml" | head -n 1)
    printf '%s/%s/target/dsrl4j-%s-%s.jar' "$root" "$1" "${1##*/}" "$version"
}

# build_reason LIBRARY MODULE...: prints why a build is needed, and nothing when the last module's target/lib holds the library
# and all jars are newer than what they are made of.
build_reason() {
    local library=$1 module jar
    shift
    for module in "$@"; do
        jar=$(jar_of "$module")
        [ -f "$jar" ] || { echo "first run"; return; }
        [ -z "$(find "$root/pom.xml" "$root/$module/pom.xml" "$root/$module/src/main" -newer "$jar" -print 2>/dev/null | head -n 1)" ] ||
            { echo "sources changed"; return; }
    done
    ls "$root/$module/target/lib/$library"-*.jar >/dev/null 2>&1 || echo "first run"
}

# build_if_needed LIBRARY MODULE...: builds the last module and those it needs, unless $DSRL_SKIP_BUILD is set.
build_if_needed() {
    local reason log project=${@: -1}
    [ -z "${DSRL_SKIP_BUILD:-}" ] || return 0
    reason=$(build_reason "$@")
    [ -n "$reason" ] || return 0
    command -v mvn >/dev/null || fail "needs Maven to build itself and found no mvn: install Maven 3.8.7 or newer, for example 'apt-get install maven'"
    printf 'building dsrl4j (%s) ...\n' "$reason" >&2
    log=$(mktemp "${TMPDIR:-/tmp}/dsrl-build.XXXXXX") || exit 1
    if ! (cd "$root" && JAVA_HOME=$jdk mvn --batch-mode --no-transfer-progress -Dquick -DskipTests \
        --projects "$project" --also-make package) >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$log"
        fail "the build failed: its log is above"
    fi
    rm -f "$log"
}

# jars MODULE...: the modules' jars and the last one's libraries, separated by colons.
jars() {
    local module jar path=
    for module in "$@"; do
        path=$path$(jar_of "$module"):
    done
    for jar in "$root/$module"/target/lib/*.jar; do
        path=$path$jar:
    done
    printf '%s' "${path%:}"
}

# --- the run ---------------------------------------------------------------------------------------------------------

# Under a locale without letters beyond ASCII, as in a container, under cron, or where LANG names one that is not installed, the JVM
# cannot open files whose names have them; C.UTF-8 differs in nothing else.
case $(locale charmap 2>/dev/null || printf '%s' "${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}") in
    ANSI_X3.4-1968 | US-ASCII | ASCII | 646 | C | POSIX | '') export LC_ALL=C.UTF-8 ;;
esac

# What every JVM here is told. Image planes lie far apart in memory, so that large pages make a training step a fifth to a third faster.
jvm_options=(-XX:+UseParallelGC -Djava.awt.headless=true)
if grep -qs '\[madvise\]\|\[always\]' /sys/kernel/mm/transparent_hugepage/enabled; then
    jvm_options+=(-XX:+UseTransparentHugePages)
fi

# The JVM announces the incubating Vector API on standard error before the program starts, and has no option that stops it:
# this drops that one line, and what Aparapi says of OpenCL drivers newer than itself, and passes all else on as it comes. Signals are for the program: it may still have to say
# something after Ctrl-C.
without_incubator_warning() {
    trap '' INT TERM HUP
    local line
    while IFS= read -r line; do
        case $line in
            'WARNING: Using incubator modules:'*) [ -n "${uses_opencl:-}" ] || break ;;
            'WARNING: Aparapi is running on an untested OpenCL platform'*) break ;;
            'Picked up '*) printf '%s\n' "$line" ;;
            *) printf '%s\n' "$line"; break ;;
        esac
    done
    exec cat
}

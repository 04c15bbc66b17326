/* System calls that fail, or end the process, where they are told to: see points.py.
 *
 * Only those below one folder count, by the path that is given or that the descriptor leads to,
 * and connections over the internet protocols. Nothing happens until `faults_arm`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, CONNECT = 4 };
enum { NOTHING = 0, FAIL = 1, KILL = 2 };

static char folder[4096];
static int kinds, how, error_number, lasts;
static long at, seen;

void faults_arm(const char *below, int which, int what, int number, long which_one, int goes_on) {
    snprintf(folder, sizeof folder, "%s/", below);
    kinds = which, error_number = number, at = which_one, lasts = goes_on, seen = 0;
    __atomic_store_n(&how, what, __ATOMIC_SEQ_CST);
}

long faults_disarm(void) {
    __atomic_store_n(&how, NOTHING, __ATOMIC_SEQ_CST);
    return seen;
}

static int is_below(int descriptor, const char *path) {
    char link[64], found[4096];
    if (path == NULL) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, found, sizeof found - 1);
        if (length < 0) return 0;
        found[length] = 0;
        path = found;
    }
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* What is to happen to this call: it is counted. */
static int now(int kind, int descriptor, const char *path) {
    int saved = errno, what = __atomic_load_n(&how, __ATOMIC_SEQ_CST);
    if (what == NOTHING || !(kinds & kind)) return NOTHING;
    if (kind != CONNECT && !is_below(descriptor, path)) {
        errno = saved;
        return NOTHING;
    }
    errno = saved;
    long count = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    return count == at || (lasts && count > at) ? what : NOTHING;
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILED(result) do { errno = error_number; return result; } while (0)

ssize_t write(int fd, const void *data, size_t size) {
    int what = now(WRITE, fd, NULL);
    if (what == FAIL) FAILED(-1);
    if (what == KILL) { REAL(write)(fd, data, size / 2); die(); }
    return REAL(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    int what = now(WRITE, fd, NULL);
    if (what == FAIL) FAILED(-1);
    if (what == KILL) { REAL(pwrite)(fd, data, size / 2, offset); die(); }
    return REAL(pwrite)(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    int what = now(WRITE, fd, NULL);
    if (what == FAIL) FAILED(-1);
    if (what == KILL) { REAL(pwrite64)(fd, data, size / 2, offset); die(); }
    return REAL(pwrite64)(fd, data, size, offset);
}

#define WHOLE(kind, fd, path, call) do { \
    int what = now(kind, fd, path); \
    if (what == FAIL) FAILED(-1); \
    if (what == KILL) die(); \
    return call; } while (0)

int ftruncate(int fd, off_t size) { WHOLE(WRITE, fd, NULL, REAL(ftruncate)(fd, size)); }
int ftruncate64(int fd, off64_t size) { WHOLE(WRITE, fd, NULL, REAL(ftruncate64)(fd, size)); }
int rename(const char *old, const char *new) { WHOLE(WRITE, -1, new, REAL(rename)(old, new)); }
int renameat(int a, const char *old, int b, const char *new) {
    WHOLE(WRITE, b, new, REAL(renameat)(a, old, b, new));
}
int unlink(const char *path) { WHOLE(WRITE, -1, path, REAL(unlink)(path)); }
int unlinkat(int fd, const char *path, int flags) {
    WHOLE(WRITE, fd, path, REAL(unlinkat)(fd, path, flags));
}
int fsync(int fd) { WHOLE(SYNC, fd, NULL, REAL(fsync)(fd)); }
int fdatasync(int fd) { WHOLE(SYNC, fd, NULL, REAL(fdatasync)(fd)); }
int connect(int fd, const struct sockaddr *address, socklen_t size) {
    if (address->sa_family == AF_UNIX) return REAL(connect)(fd, address, size);
    WHOLE(CONNECT, fd, "", REAL(connect)(fd, address, size));
}

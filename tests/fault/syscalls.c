/* System calls that fail, or end the process, where they are told to, or that are written down: see
 * points.py and disk.py.
 *
 * Only those below one folder count, by the path that is given or that the descriptor leads to,
 * and what goes over the internet protocols. Nothing happens until `faults_arm` or `faults_record`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, CONNECT = 4, SEND = 8, RECEIVE = 16 };
enum { NOTHING = 0, FAIL = 1, KILL = 2, RECORD = 3 };

static char folder[4096];
static int kinds, how, error_number, lasts, book = -1;
static long at, seen, of_kind[RECEIVE + 1];
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

void faults_arm(const char *below, int which, int what, int number, long which_one, int goes_on) {
    snprintf(folder, sizeof folder, "%s", below);
    kinds = which, error_number = number, at = which_one, lasts = goes_on, seen = 0;
    memset(of_kind, 0, sizeof of_kind);
    __atomic_store_n(&how, what, __ATOMIC_SEQ_CST);
}

/* From now on all that changes files below the folder is written down to the descriptor. */
void faults_record(const char *below, int descriptor) {
    book = descriptor;
    faults_arm(below, WRITE | SYNC, RECORD, 0, 0, 0);
}

long faults_disarm(void) {
    __atomic_store_n(&how, NOTHING, __ATOMIC_SEQ_CST);
    return seen;
}

/* How many there were of one kind since it was armed. */
long faults_seen(int kind) { return of_kind[kind]; }

static int is_armed(void) { return __atomic_load_n(&how, __ATOMIC_SEQ_CST) != NOTHING; }

/* The path of a descriptor where `path` is NULL, else the whole of one that may begin there. */
static int whole(int descriptor, const char *path, char *found, size_t size) {
    if (path != NULL && path[0] == '/') return snprintf(found, size, "%s", path) < (int)size;
    char link[64] = "/proc/self/cwd";
    if (descriptor != AT_FDCWD) snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, found, size - 1);
    if (length < 0) return 0;
    found[length] = 0;
    return path == NULL || snprintf(found + length, size - length, "/%s", path) < (int)size - length;
}

static int is_below(int descriptor, const char *path) {
    char found[4096];
    size_t length = strlen(folder);
    return whole(descriptor, path, found, sizeof found) &&
           strncmp(found, folder, length) == 0 && (found[length] == '/' || found[length] == 0);
}

static int is_internet(int descriptor) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    return getsockname(descriptor, (struct sockaddr *)&address, &size) == 0 &&
           (address.ss_family == AF_INET || address.ss_family == AF_INET6);
}

/* What is to happen to this call: it is counted. */
static int now(int kind, int descriptor, const char *path) {
    int saved = errno, what = __atomic_load_n(&how, __ATOMIC_SEQ_CST);
    if (what == NOTHING || !(kinds & kind)) return NOTHING;
    int is_ours = kind & (WRITE | SYNC) ? is_below(descriptor, path) : is_internet(descriptor);
    errno = saved;
    if (!is_ours) return NOTHING;
    long count = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&of_kind[kind], 1, __ATOMIC_SEQ_CST);
    if (what == RECORD) return RECORD;
    return count == at || (lasts && count > at) ? what : NOTHING;
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILED(result) do { errno = error_number; return result; } while (0)

/* --- the book: what disk.py reads ------------------------------------------------------------ */

enum { DATA = 1, SIZE = 2, SYNCED = 3, ENTER = 4, LEAVE = 5, MOVE = 6, MARK = 7 };

struct line {
    int32_t kind, first_size, second_size, is_folder;
    int64_t first, second, offset, size;
};

static void put(const void *data, size_t size) {
    for (const char *from = data; size > 0;) {
        ssize_t done = REAL(write)(book, from, size);
        if (done <= 0) die(); /* a book with a gap says nothing */
        from += done, size -= (size_t)done;
    }
}

static int64_t number(int descriptor, const char *path) {
    struct stat found;
    int failed = path ? lstat(path, &found) : fstat(descriptor, &found);
    return failed ? -1 : (int64_t)found.st_ino;
}

static void noted(int kind, int fd, int64_t offset, int64_t size, const void *data) {
    struct line line = {kind, 0, 0, 0, number(fd, NULL), 0, offset, size};
    put(&line, sizeof line);
    if (kind == DATA) put(data, (size_t)size);
}

/* What was sent from one file to another is read where it is now. */
static void noted_sent(int fd, int64_t offset, int64_t size) {
    char link[64], *data = malloc((size_t)size);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int from = REAL(open)(link, O_RDONLY);
    if (data == NULL || from < 0 || pread(from, data, (size_t)size, offset) != size) die();
    noted(DATA, fd, offset, size, data);
    close(from);
    free(data);
}

/* `first` and `second` are whole paths; of `second` the file's own number where it isn't a name. */
static void noted_name(int kind, const char *first, const char *second, int is_folder) {
    char one[4096], other[4096], of_one[4096], of_other[4096];
    snprintf(one, sizeof one, "%s", first), snprintf(of_one, sizeof of_one, "%s", first);
    char *name = basename(one), *second_name = "";
    struct line line = {kind, (int32_t)strlen(name), 0, is_folder,
                        number(-1, dirname(of_one)), 0, 0, 0};
    if (kind == ENTER) line.second = number(-1, first);
    if (kind == MOVE) {
        snprintf(other, sizeof other, "%s", second), snprintf(of_other, sizeof of_other, "%s", second);
        second_name = basename(other);
        line.second_size = (int32_t)strlen(second_name);
        line.second = number(-1, dirname(of_other));
    }
    put(&line, sizeof line);
    put(name, strlen(name));
    put(second_name, strlen(second_name));
}

/* Something begins here. */
void faults_mark(void) {
    struct line line = {MARK, 0, 0, 0, 0, 0, 0, 0};
    pthread_mutex_lock(&one_at_a_time);
    put(&line, sizeof line);
    pthread_mutex_unlock(&one_at_a_time);
}

static int64_t place(int fd) {
    struct stat found;
    if (fcntl(fd, F_GETFL) & O_APPEND) return fstat(fd, &found) ? -1 : (int64_t)found.st_size;
    return lseek(fd, 0, SEEK_CUR);
}

#define BOOKED(type, call, is_done, note) do { \
    pthread_mutex_lock(&one_at_a_time); \
    type result = call; \
    int saved = errno; \
    if (is_done) note; \
    pthread_mutex_unlock(&one_at_a_time); \
    errno = saved; \
    return result; } while (0)

/* --- what is written ------------------------------------------------------------------------- */

#define WRITTEN(fd, half, call, where, note) do { \
    int what = now(WRITE, fd, NULL); \
    if (what == FAIL) FAILED(-1); \
    if (what == KILL) { half; die(); } \
    if (what != RECORD) return call; \
    int64_t offset = where; \
    BOOKED(ssize_t, call, result > 0, note); } while (0)

ssize_t write(int fd, const void *data, size_t size) {
    WRITTEN(fd, REAL(write)(fd, data, size / 2), REAL(write)(fd, data, size), place(fd),
            noted(DATA, fd, offset, result, data));
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t to) {
    WRITTEN(fd, REAL(pwrite)(fd, data, size / 2, to), REAL(pwrite)(fd, data, size, to), to,
            noted(DATA, fd, offset, result, data));
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t to) {
    WRITTEN(fd, REAL(pwrite64)(fd, data, size / 2, to), REAL(pwrite64)(fd, data, size, to), to,
            noted(DATA, fd, offset, result, data));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    WRITTEN(fd, , REAL(writev)(fd, parts, count), place(fd), noted_sent(fd, offset, result));
}
ssize_t sendfile(int to, int from, off_t *start, size_t size) {
    WRITTEN(to, , REAL(sendfile)(to, from, start, size), place(to),
            noted_sent(to, offset, result));
}
ssize_t sendfile64(int to, int from, off64_t *start, size_t size) {
    WRITTEN(to, , REAL(sendfile64)(to, from, start, size), place(to),
            noted_sent(to, offset, result));
}
ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *place_to, size_t size,
                        unsigned flags) {
    WRITTEN(to, , REAL(copy_file_range)(from, start, to, place_to, size, flags),
            place_to ? *place_to : place(to), noted_sent(to, offset, result));
}

#define WHOLE(kind, fd, path, call, note) do { \
    int what = now(kind, fd, path); \
    if (what == FAIL) FAILED(-1); \
    if (what == KILL) die(); \
    if (what != RECORD) return call; \
    BOOKED(int, call, result >= 0, note); } while (0)

int ftruncate(int fd, off_t size) {
    WHOLE(WRITE, fd, NULL, REAL(ftruncate)(fd, size), noted(SIZE, fd, 0, size, NULL));
}
int ftruncate64(int fd, off64_t size) {
    WHOLE(WRITE, fd, NULL, REAL(ftruncate64)(fd, size), noted(SIZE, fd, 0, size, NULL));
}
int fsync(int fd) { WHOLE(SYNC, fd, NULL, REAL(fsync)(fd), noted(SYNCED, fd, 0, 0, NULL)); }
int fdatasync(int fd) { WHOLE(SYNC, fd, NULL, REAL(fdatasync)(fd), noted(SYNCED, fd, 0, 0, NULL)); }

/* --- names ----------------------------------------------------------------------------------- */

#define NAMED(fd, path, call, note) do { \
    char one[4096]; \
    if (!is_armed() || !whole(fd, path, one, sizeof one)) return call; \
    WHOLE(WRITE, fd, one, call, note); } while (0)

static int moved(int a, const char *old, int b, const char *new) {
    char from[4096];
    if (!is_armed() || !whole(a, old, from, sizeof from)) return REAL(renameat)(a, old, b, new);
    NAMED(b, new, REAL(renameat)(a, old, b, new), noted_name(MOVE, from, one, 0));
}
int rename(const char *old, const char *new) { return moved(AT_FDCWD, old, AT_FDCWD, new); }
int renameat(int a, const char *old, int b, const char *new) { return moved(a, old, b, new); }
int unlink(const char *path) {
    NAMED(AT_FDCWD, path, REAL(unlink)(path), noted_name(LEAVE, one, NULL, 0));
}
int unlinkat(int fd, const char *path, int flags) {
    NAMED(fd, path, REAL(unlinkat)(fd, path, flags), noted_name(LEAVE, one, NULL, 0));
}
int rmdir(const char *path) {
    NAMED(AT_FDCWD, path, REAL(rmdir)(path), noted_name(LEAVE, one, NULL, 0));
}
int mkdir(const char *path, mode_t mode) {
    NAMED(AT_FDCWD, path, REAL(mkdir)(path, mode), noted_name(ENTER, one, NULL, 1));
}
int mkdirat(int fd, const char *path, mode_t mode) {
    NAMED(fd, path, REAL(mkdirat)(fd, path, mode), noted_name(ENTER, one, NULL, 1));
}

/* Opening counts where it makes a file; where it empties one, that is written down. */
static int opened(int fd, const char *path, int flags, mode_t mode) {
    struct stat found;
    int makes = 0, empties = 0;
    if (is_armed() && flags & (O_CREAT | O_TRUNC) && (flags & O_TMPFILE) != O_TMPFILE) {
        int saved = errno, is_there = fstatat(fd, path, &found, 0) == 0;
        errno = saved;
        makes = !is_there && flags & O_CREAT;
        empties = is_there && flags & O_TRUNC && S_ISREG(found.st_mode) && found.st_size > 0 &&
                  __atomic_load_n(&how, __ATOMIC_SEQ_CST) == RECORD;
    }
    if (makes) NAMED(fd, path, REAL(openat)(fd, path, flags, mode), noted_name(ENTER, one, NULL, 0));
    if (empties)
        NAMED(fd, path, REAL(openat)(fd, path, flags, mode), noted(SIZE, result, 0, 0, NULL));
    return REAL(openat)(fd, path, flags, mode);
}
#define MODE(mode, flags) mode_t mode = 0; do { \
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) { \
        va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } } while (0)

int open(const char *path, int flags, ...) {
    MODE(mode, flags);
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(mode, flags);
    return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int fd, const char *path, int flags, ...) {
    MODE(mode, flags);
    return opened(fd, path, flags, mode);
}
int openat64(int fd, const char *path, int flags, ...) {
    MODE(mode, flags);
    return opened(fd, path, flags | O_LARGEFILE, mode);
}

/* --- the network ----------------------------------------------------------------------------- */

#define OVER_IT(kind, fd, call) do { \
    int what = now(kind, fd, NULL); \
    if (what == FAIL) FAILED(-1); \
    if (what == KILL) die(); \
    return call; } while (0)

int connect(int fd, const struct sockaddr *address, socklen_t size) {
    OVER_IT(CONNECT, fd, REAL(connect)(fd, address, size));
}
ssize_t send(int fd, const void *data, size_t size, int flags) {
    OVER_IT(SEND, fd, REAL(send)(fd, data, size, flags));
}
ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
               socklen_t length) {
    OVER_IT(SEND, fd, REAL(sendto)(fd, data, size, flags, address, length));
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    OVER_IT(SEND, fd, REAL(sendmsg)(fd, message, flags));
}
ssize_t recv(int fd, void *data, size_t size, int flags) {
    OVER_IT(RECEIVE, fd, REAL(recv)(fd, data, size, flags));
}
ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *address,
                 socklen_t *length) {
    OVER_IT(RECEIVE, fd, REAL(recvfrom)(fd, data, size, flags, address, length));
}
ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    OVER_IT(RECEIVE, fd, REAL(recvmsg)(fd, message, flags));
}

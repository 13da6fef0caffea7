/* A service as small as one can be: READY_AFTER_MS after its start it says that it is ready, and then does nothing. */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void tell_supervisor(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    size_t length = strlen(path);
    if (fd < 0 || length >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, length);
    if (address.sun_path[0] == '@')
        address.sun_path[0] = 0;
    sendto(fd, "READY=1", 7, 0, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + length);
    close(fd);
}

int main(int argc, char **argv)
{
    const char *after = getenv("READY_AFTER_MS"), *notify = getenv("NOTIFY_SOCKET"), *file = getenv("BENCH_READY");
    if (after) {
        long ms = atol(after);
        struct timespec pause_for = { ms / 1000, ms % 1000 * 1000000 };
        nanosleep(&pause_for, NULL);
    }
    if (notify)
        tell_supervisor(notify);
    if (file) {
        int fd = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
        /* One byte each, so that the length of the file is the number of those that are ready. */
        if (fd >= 0 && write(fd, "+", 1) == 1)
            close(fd);
    }
    for (;;)
        pause();
}

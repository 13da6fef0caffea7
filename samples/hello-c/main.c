/* The smallest service there is: answers every GET over HTTP/1.0, one connection after the other. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ADDR is HOST:PORT, and :PORT is all addresses. Without it: PORT of this machine alone. */
static struct sockaddr_in chosen(void)
{
    const char *addr = getenv("ADDR"), *port = getenv("PORT"), *colon = addr ? strrchr(addr, ':') : NULL;
    struct sockaddr_in address = { .sin_family = AF_INET };
    char host[64] = "127.0.0.1";
    if (colon) {
        snprintf(host, sizeof host, "%.*s", (int)(colon - addr), addr);
        port = colon + 1;
    }
    address.sin_port = htons((unsigned short)atoi(port ? port : "8080"));
    if (*host && inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        fprintf(stderr, "ADDR=%s: its host is no IPv4 address\n", addr);
        exit(1);
    }
    return address;
}

static int listen_on(struct sockaddr_in address)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
        return -1;
    return bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 64) == 0 ? fd : -1;
}

static void answer(int fd)
{
    static const char text[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";
    struct timeval patience = { .tv_sec = 2 };
    char request[4096];
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (read(fd, request, sizeof request) > 0 && write(fd, text, sizeof text - 1) < 0)
        perror("write");
    close(fd);
}

static void stop(int sig)
{
    (void)sig;
    _exit(0);
}

int main(void)
{
    struct sockaddr_in address = chosen();
    int server = listen_on(address);
    if (server < 0) {
        perror("listen");
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    /* As process 1 of a container it would not be ended by a signal it does not handle. */
    signal(SIGTERM, stop);
    printf("listening on %s:%d\n", inet_ntoa(address.sin_addr), ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client >= 0)
            answer(client);
    }
}

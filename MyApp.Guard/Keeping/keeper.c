/*
 * The keeper: parent of the guard for as long as that is to run. It holds what must outlive a guard that is killed, and is so small that
 * nothing has a reason to end it:
 * - it waits for the children a killed guard leaves behind, and tells the next guard how they ended;
 * - it holds descriptors for the guard: listening sockets refuse nobody, pipes lose nothing, the lock is not lost;
 * - it starts the next guard.
 * When the keeper itself is killed the kernel kills the guard along (PR_SET_PDEATHSIG), so that to kill the pid that was started means
 * what it would without a keeper: instances run on, and whoever starts a guard again has them.
 *
 * In C and before the runtime of the guard starts, because a process with a runtime would be many times the size. Linked into the native
 * guard with --wrap=main; Keeper.cs is the other end of the socket, and Handover.cs reads what is left to a guard.
 *
 * To the keeper, a message each:   K<name>, with a descriptor: hold it under this name, instead of what the name had
 *                                  F<name>: close it
 *                                  P<path>: this program is to follow the guard that says so; signals may come now
 * From the keeper:                 struct ended, one a message
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HANDOVER "MYAPP_GUARD_HANDOVER"
#define MESSAGE_MAX (PATH_MAX + 64)
#define ENDED_MAX 1024          /* Exits remembered for a guard to come; of more the oldest are forgotten. */
#define SHORT_LIFE 1.0          /* Seconds; a guard that lived no longer is not started again at once. */
#define FIRST_PAUSE 0.1
#define LONGEST_PAUSE 5.0

/* Mirrored in Keeper.cs. */
struct ended {
	int32_t pid;
	int32_t status;      /* of wait(2) */
	uint64_t start_time; /* field 22 of /proc/PID/stat: says which process of this pid */
};

struct held {
	char *name;
	int fd;
};

int __real_main(int argc, char **argv);

static char program[PATH_MAX];
static char **arguments;
static struct held *store;
static int store_count, store_room;
static struct ended ended[ENDED_MAX];
static uint64_t ended_count, ended_told;
static int near, far;           /* our end of the socket, and the guards' */
static pid_t guard;             /* 0: none */
static int guard_listens;       /* it has said P */
static int waiting_signal;      /* came before it did; 0: none */
static double started_at, start_at;
static double pause_next = FIRST_PAUSE;
static sigset_t before;
static struct rlimit files_before;

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static struct held *find(const char *name)
{
	for (int i = 0; i < store_count; i++)
		if (strcmp(store[i].name, name) == 0)
			return &store[i];
	return NULL;
}

static void forget(const char *name)
{
	struct held *known = find(name);
	if (known == NULL)
		return;
	close(known->fd);
	free(known->name);
	*known = store[--store_count];
}

/* A name has no line end, which parts the lines of a handover. Whatever can't be held is lost with the guard, no more. */
static void keep(const char *name, int fd)
{
	forget(name);
	if (store_count == store_room) {
		struct held *more = realloc(store, (store_room + 64) * sizeof *store);
		if (more != NULL) {
			store = more;
			store_room += 64;
		}
	}
	char *copy = strdup(name);
	if (copy == NULL || store_count == store_room || strchr(name, '\n') != NULL) {
		free(copy);
		close(fd);
		return;
	}
	store[store_count++] = (struct held){copy, fd};
}

static int descriptor_of(struct msghdr *header)
{
	int fd = -1;
	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL; part = CMSG_NXTHDR(header, part))
		if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS && part->cmsg_len == CMSG_LEN(sizeof fd))
			memcpy(&fd, CMSG_DATA(part), sizeof fd);
	return fd;
}

static void obey(char *message, int fd)
{
	switch (message[0]) {
	case 'K':
		if (fd >= 0)
			keep(message + 1, fd);
		fd = -1;
		break;
	case 'F':
		forget(message + 1);
		break;
	case 'P':
		if (strlen(message + 1) < sizeof program)
			strcpy(program, message + 1);
		guard_listens = 1;
		if (waiting_signal != 0 && guard > 0)
			kill(guard, waiting_signal);
		waiting_signal = 0;
		break;
	}
	if (fd >= 0)
		close(fd);
}

static void listen_to_guard(void)
{
	static char message[MESSAGE_MAX + 1];
	while (1) {
		_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
		struct iovec part = {message, MESSAGE_MAX};
		struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
		ssize_t length = recvmsg(near, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (length <= 0)
			return;
		message[length] = 0;
		obey(message, descriptor_of(&header));
	}
}

/* What does not go through now is tried again when there is room. */
static void tell_guard(void)
{
	if (ended_count - ended_told > ENDED_MAX)
		ended_told = ended_count - ENDED_MAX;
	while (ended_told < ended_count) {
		if (send(near, &ended[ended_told % ENDED_MAX], sizeof *ended, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return;
		ended_told++;
	}
}

/* The fields after the name, which may hold anything, begin with the third. */
static uint64_t start_time(pid_t pid)
{
	char path[32], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	if (length <= 0)
		return 0;
	text[length] = 0;
	char *field = strrchr(text, ')');
	for (int number = 2; field != NULL && number < 22; number++)
		field = strchr(field + 1, ' ');
	return field == NULL ? 0 : strtoull(field, NULL, 10);
}

static void guard_ended(int status)
{
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	dprintf(STDERR_FILENO, "myapp-guard: the guard (pid %d) was ended by a signal (%s); another takes its place\n", guard, strsignal(WTERMSIG(status)));
	guard = 0;
	guard_listens = 0;
	start_at = now();
	if (start_at - started_at >= SHORT_LIFE) {
		pause_next = FIRST_PAUSE;
		return;
	}
	start_at += pause_next;
	pause_next = pause_next * 2 < LONGEST_PAUSE ? pause_next * 2 : LONGEST_PAUSE;
}

/* Who it was is known as long as it has not been waited for. */
static void reap(void)
{
	siginfo_t info;
	int guard_status = -1;
	while (info.si_pid = 0, waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
		struct ended one = {.pid = info.si_pid, .start_time = start_time(info.si_pid)};
		if (waitpid(one.pid, &one.status, 0) != one.pid)
			continue;
		if (one.pid == guard)
			guard_status = one.status;
		else
			ended[ended_count++ % ENDED_MAX] = one;
	}
	/* Its children have come to us before it could be waited for, so those that had ended too are known by now. */
	if (guard_status >= 0)
		guard_ended(guard_status);
}

static void pass_on(const struct signalfd_siginfo *info)
{
	/* What a terminal's keys send has gone to the guard as well. */
	if (info->ssi_signo != SIGHUP && info->ssi_code == SI_KERNEL)
		return;
	if (guard > 0 && guard_listens)
		kill(guard, info->ssi_signo);
	else if (info->ssi_signo != SIGHUP)
		waiting_signal = info->ssi_signo;
}

static void hear_signals(int signals)
{
	struct signalfd_siginfo info;
	while (read(signals, &info, sizeof info) == sizeof info)
		if (info.ssi_signo == SIGCHLD)
			reap();
		else
			pass_on(&info);
}

/* A line each, `number name`. */
static int write_handover(void)
{
	int list = memfd_create("handover", 0);
	if (list < 0)
		return -1;
	dprintf(list, "%d keeper\n", far);
	for (int i = 0; i < store_count; i++)
		dprintf(list, "%d %s\n", store[i].fd, store[i].name);
	return list;
}

static void become_guard(pid_t keeper)
{
	char variable[sizeof HANDOVER + 16];
	int list = write_handover();
	snprintf(variable, sizeof variable, HANDOVER "=%d", list);
	if (list < 0 || putenv(variable) != 0)
		_exit(1);
	fcntl(far, F_SETFD, 0);
	for (int i = 0; i < store_count; i++)
		fcntl(store[i].fd, F_SETFD, 0);
	setrlimit(RLIMIT_NOFILE, &files_before);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	execv(program, arguments);
	/* The file may be gone; the one we run is not. */
	execv("/proc/self/exe", arguments);
	dprintf(STDERR_FILENO, "myapp-guard: execve: error %d: %s\n", errno, program);
	_exit(1);
}

/* Code that was run to get here, most of it of the loader: what is run again comes back from the page cache. */
static void drop_code(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long from, to;
	char line[PATH_MAX + 128];
	while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 && strstr(line, " r-xp ") != NULL && strchr(line, '/') != NULL)
			madvise((void *)from, to - from, MADV_DONTNEED);
	if (maps != NULL)
		fclose(maps);
}

static void start_guard(void)
{
	pid_t keeper = getpid();
	/* A new one hears of every exit that is remembered: the one before may have died with the news. */
	ended_told = 0;
	tell_guard();
	started_at = now();
	guard = fork();
	if (guard == 0)
		become_guard(keeper);
	if (guard < 0) {
		guard = 0;
		start_at = started_at + LONGEST_PAUSE;
	}
	drop_code();
}

static int wait_milliseconds(void)
{
	if (guard > 0)
		return -1;
	double left = start_at - now();
	return left <= 0 ? 0 : (int)(left * 1000) + 1;
}

static int prepare(void)
{
	int ends[2];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	if (length <= 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	program[length] = 0;
	near = ends[0];
	far = ends[1];
	sigset_t heard;
	sigemptyset(&heard);
	sigaddset(&heard, SIGCHLD);
	sigaddset(&heard, SIGTERM);
	sigaddset(&heard, SIGINT);
	sigaddset(&heard, SIGHUP);
	sigaddset(&heard, SIGQUIT);
	if (sigprocmask(SIG_BLOCK, &heard, &before) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -1;
	int signals = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return -1;
	/* Room for what is held; the guard gets what we had. */
	getrlimit(RLIMIT_NOFILE, &files_before);
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){files_before.rlim_max, files_before.rlim_max});
	prctl(PR_SET_NAME, "myapp-keeper");
	return signals;
}

static _Noreturn void run(int signals)
{
	while (1) {
		if (guard == 0 && now() >= start_at)
			start_guard();
		struct pollfd wanted[] = {{signals, POLLIN, 0}, {near, POLLIN | (ended_told < ended_count ? POLLOUT : 0), 0}};
		if (poll(wanted, 2, wait_milliseconds()) < 0)
			continue;
		/* First what a guard has said that is dead by now. */
		if (wanted[1].revents & POLLIN)
			listen_to_guard();
		if (wanted[0].revents & POLLIN)
			hear_signals(signals);
		tell_guard();
	}
}

int __wrap_main(int argc, char **argv)
{
	/* With a handover this is a guard: one that was started by a keeper, or that another has become. */
	if (argc < 2 || strcmp(argv[1], "serve") != 0 || getenv(HANDOVER) != NULL)
		return __real_main(argc, argv);
	arguments = argv;
	int signals = prepare();
	if (signals < 0) {
		dprintf(STDERR_FILENO, "myapp-guard: the guard runs without a keeper: error %d\n", errno);
		sigprocmask(SIG_SETMASK, &before, NULL);
		return __real_main(argc, argv);
	}
	run(signals);
}

/*
 * Starts a program with everything about its process set beforehand. In C, because between clone and execve only async-signal-safe
 * code may run, which no managed runtime can promise; and without a helper program in between, because the start of one would take
 * longer than all of this.
 *
 * The child shares the memory of the guard until execve, while the calling thread waits (as with vfork). So it
 * - has a stack of its own, within that of the caller;
 * - makes its changes by raw system calls: setresuid of the C library would signal the guard's threads to change along;
 * - writes nothing but its stack and the order.
 * All signals are blocked before it begins, so that no handler of the runtime ever runs in it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP INT_MIN
#define KERNEL_SIGNALS 64
#define PID_DIGITS 10
#define STACK_SIZE (32 * 1024)

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif

struct limit {
	int32_t resource;
	int32_t unused;
	uint64_t value;
};

/* Mirrored by NativeOrder in Spawner.cs. */
struct order {
	const char *path;
	char *const *arguments;
	char *const *environment;
	const char *folder;          /* NULL: the guard's */
	char *listen_pid;            /* where in the environment the child's own pid is written, PID_DIGITS wide; NULL: nowhere */
	const uint32_t *groups;
	const int32_t *cgroup_tasks; /* open for writing */
	const int32_t *descriptors;  /* become 0, 1, 2, 3 and on */
	const struct limit *limits;
	int32_t group_count;
	int32_t cgroup_task_count;
	int32_t descriptor_count;
	int32_t limit_count;
	int32_t cgroup_folder;       /* of cgroup v2; -1: the guard's */
	int32_t changes_user;
	uint32_t uid;
	uint32_t gid;
	int32_t umask;               /* KEEP: the guard's; so with the next two */
	int32_t nice;
	int32_t oom_score_adjust;
	int32_t no_new_privileges;
	int32_t parent_death_signal; /* 0: none */
	int32_t parent;
	int32_t joins_cgroup_folder;
	int32_t failed_step;         /* index into STEPS of Spawner.cs; 0: none */
	int32_t error;
};

enum step { NONE, CLONE, SETSID, CGROUP, DESCRIPTORS, SETRLIMIT, NICE, OOM_SCORE_ADJ, SETUID, NO_NEW_PRIVS, CHDIR, PARENT, EXECVE };

/* The C library's wrappers refuse the two signals it keeps for itself; a program must find these as well as it would after a boot. */
static void reset_signals(void)
{
	uint64_t none = 0;
	/* struct sigaction of the kernel, all zero: SIG_DFL. Handlers would end with execve, but what is ignored stays ignored. */
	char defaults[64] = {0};
	for (int number = 1; number <= KERNEL_SIGNALS; number++)
		syscall(SYS_rt_sigaction, number, defaults, NULL, sizeof none);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

static int write_file(int fd, const char *text)
{
	return syscall(SYS_write, fd, text, strlen(text)) < 0 ? -1 : 0;
}

/*
 * `tasks` of cgroup v1 and not `cgroup.procs`: a thread that moves only itself takes no lock that waits for every processor
 * (cgroup_procs_write_start in the kernel), which would cost several milliseconds.
 */
static int join_cgroups(const struct order *order)
{
	for (int i = 0; i < order->cgroup_task_count; i++)
		if (write_file(order->cgroup_tasks[i], "0") < 0)
			return -1;
	if (!order->joins_cgroup_folder)
		return 0;
	int fd = syscall(SYS_openat, order->cgroup_folder, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -1 : write_file(fd, "0");
}

/* First out of the way of the numbers that are given out, then to their places, where they stay open over execve. */
static int place_descriptors(const struct order *order)
{
	int count = order->descriptor_count;
	int moved[count];
	for (int i = 0; i < count; i++) {
		moved[i] = order->descriptors[i];
		if (moved[i] < count && (moved[i] = syscall(SYS_fcntl, moved[i], F_DUPFD_CLOEXEC, count)) < 0)
			return -1;
	}
	for (int i = 0; i < count; i++)
		if (syscall(SYS_dup3, moved[i], i, 0) < 0)
			return -1;
	return 0;
}

static int set_limits(const struct order *order)
{
	for (int i = 0; i < order->limit_count; i++) {
		uint64_t both[2] = {order->limits[i].value, order->limits[i].value};
		if (syscall(SYS_prlimit64, 0, order->limits[i].resource, both, NULL) < 0)
			return -1;
	}
	return 0;
}

static char *digits(char *end, uint32_t number)
{
	do
		*--end = '0' + number % 10;
	while (number /= 10);
	return end;
}

static int set_oom_score_adjust(int value)
{
	char text[PID_DIGITS + 2] = {0};
	char *begin = digits(text + PID_DIGITS + 1, value < 0 ? -(uint32_t)value : (uint32_t)value);
	if (value < 0)
		*--begin = '-';
	int fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -1 : write_file(fd, begin);
}

static int change_user(const struct order *order)
{
	if (!order->changes_user)
		return 0;
	return syscall(SYS_setgroups, order->group_count, order->groups) < 0
		|| syscall(SYS_setresgid, order->gid, order->gid, order->gid) < 0
		|| syscall(SYS_setresuid, order->uid, order->uid, order->uid) < 0 ? -1 : 0;
}

/* Only after the change of user, which clears it. The parent may be gone already. */
static int follow_parent(const struct order *order)
{
	if (order->parent_death_signal == 0)
		return 0;
	syscall(SYS_prctl, PR_SET_PDEATHSIG, order->parent_death_signal, 0, 0, 0);
	errno = ESRCH;
	return syscall(SYS_getppid) == order->parent ? 0 : -1;
}

static void tell_pid(const struct order *order)
{
	if (order->listen_pid == NULL)
		return;
	char text[PID_DIGITS];
	char *begin = digits(text + PID_DIGITS, syscall(SYS_getpid));
	size_t length = text + PID_DIGITS - begin;
	memcpy(order->listen_pid, begin, length);
	order->listen_pid[length] = 0;
}

/* What only root may do comes before the change of user; the working folder is entered as the user. */
static enum step become(struct order *order)
{
	if (syscall(SYS_setsid) < 0)
		return SETSID;
	if (join_cgroups(order) < 0)
		return CGROUP;
	reset_signals();
	if (place_descriptors(order) < 0)
		return DESCRIPTORS;
	if (set_limits(order) < 0)
		return SETRLIMIT;
	if (order->nice != KEEP && syscall(SYS_setpriority, PRIO_PROCESS, 0, order->nice) < 0)
		return NICE;
	if (order->oom_score_adjust != KEEP && set_oom_score_adjust(order->oom_score_adjust) < 0)
		return OOM_SCORE_ADJ;
	if (change_user(order) < 0)
		return SETUID;
	if (order->no_new_privileges && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return NO_NEW_PRIVS;
	if (order->umask != KEEP)
		syscall(SYS_umask, order->umask);
	if (order->folder != NULL && syscall(SYS_chdir, order->folder) < 0)
		return CHDIR;
	if (follow_parent(order) < 0)
		return PARENT;
	/* Ours are all close-on-exec; whoever started the guard may have left it others. Kernels before 5.11 know no such call. */
	syscall(SYS_close_range, order->descriptor_count, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	tell_pid(order);
	syscall(SYS_execve, order->path, order->arguments, order->environment);
	return EXECVE;
}

static int child(void *argument)
{
	struct order *order = argument;
	enum step failed = become(order);
	order->error = errno;
	order->failed_step = failed;
	syscall(SYS_exit_group, 127);
	__builtin_unreachable();
}

/* clone3(2) has no wrapper, and the child must not return on the caller's stack: it calls child() on its own and never comes back. */
static long clone_into_cgroup(struct order *order, char *stack)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.stack = (uint64_t)(uintptr_t)stack,
		.stack_size = STACK_SIZE,
		.cgroup = (uint64_t)order->cgroup_folder,
	};
	long result;
#if defined(__x86_64__)
	__asm__ volatile(
		"syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\t"
		"mov %[order], %%rdi\n\tcall *%[child]\n\thlt\n1:"
		: "=a"(result)
		: "0"((long)SYS_clone3), "D"(&args), "S"(sizeof args), [order] "r"(order), [child] "r"(child)
		: "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x0 __asm__("x0") = (long)&args;
	register long x1 __asm__("x1") = sizeof args;
	register long x8 __asm__("x8") = SYS_clone3;
	__asm__ volatile(
		"svc #0\n\tcbnz x0, 1f\n\tmov x0, %[order]\n\tblr %[child]\n\tbrk #0\n1:"
		: "+r"(x0)
		: "r"(x1), "r"(x8), [order] "r"(order), [child] "r"(child)
		: "x30", "memory");
	result = x0;
#else
#error "clone_into_cgroup is written for x86-64 and arm64"
#endif
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

static long start(struct order *order, char *stack)
{
	if (order->cgroup_folder >= 0) {
		long pid = clone_into_cgroup(order, stack);
		/* ENOSYS, EINVAL: a kernel, or a seccomp filter of a container, that knows no clone3 or no cgroup in it. */
		if (pid >= 0 || (errno != ENOSYS && errno != EINVAL))
			return pid;
		order->joins_cgroup_folder = 1;
	}
	return clone(child, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, order);
}

/* Returns the pid of the program, or -1: then order->failed_step and order->error say why, and nothing is left running. */
int myapp_spawn(struct order *order)
{
	_Alignas(16) char stack[STACK_SIZE];
	uint64_t all = ~0ULL, before;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
	long pid = start(order, stack);
	int error = errno;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
	if (pid < 0) {
		order->error = error;
		order->failed_step = CLONE;
		return -1;
	}
	if (order->failed_step == NONE)
		return (int)pid;
	while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -1;
}

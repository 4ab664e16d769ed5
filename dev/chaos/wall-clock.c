/* Preloaded into a daemon, it shifts the wall clock by as many seconds as the file named by CHAOS_CLOCK says, at once. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t none;
static const volatile int64_t *shift = &none;

__attribute__((constructor)) static void open_shift(void)
{
	const char *path = getenv("CHAOS_CLOCK");
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	void *page = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
	if (page != MAP_FAILED)
		shift = page;
	close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int failed = real(clock, now);
	if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += *shift;
	return failed;
}

int gettimeofday(struct timeval *now, void *zone)
{
	struct timespec precise;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &precise);
	now->tv_sec = precise.tv_sec;
	now->tv_usec = precise.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec precise;
	clock_gettime(CLOCK_REALTIME, &precise);
	if (out)
		*out = precise.tv_sec;
	return precise.tv_sec;
}

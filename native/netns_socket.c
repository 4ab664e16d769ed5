/*
 * Netlink sockets in any network namespace, for Node.
 *
 * Every job runs on a thread of ours, never on Node's or one of libuv's pool: setns(2) and unshare(2) change the calling
 * thread only. A thread that left its namespace goes back there before it waits for another job, or ends; to start one
 * takes longer than most jobs do. Idle threads end by themselves.
 *
 * The kernel answers a netlink request while it is being sent and goes on with a dump while its parts are being
 * received, so after a send "nothing left to read" means "answered completely": no poll and no timeout is needed.
 *
 * What goes to a thread and what comes back is one buffer each, of 32-bit words in the machine's order and bytes padded
 * to them: to make and read a few dozen JavaScript values would take longer than the kernel takes for a request.
 *
 *   request of exchange()   for each leg: descriptor of its namespace (-1: this process's), netlink protocol, whether to
 *                           send it even after errors, number of sends; for each send: length, bytes
 *   result                  errno of what failed before anything was sent; when that is 0, for each leg: errno of a send
 *                           or receive, whether it was skipped, length of the replies, replies; else what was attempted
 *
 * Lifetimes: a job owns a copy of its request or path, from submission until it is freed by settle() (or by the thread
 * itself when Node is shutting down). File descriptors of namespaces belong to the caller, who keeps them open until the
 * promise settles.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <node_api.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  SOCKET_BUFFER_BYTES = 4 << 20,
  LARGE_SEND_BYTES = 4 << 10, /* more of the smallest messages, whose answers take 1 KiB each, overrun usual buffers */
  RECEIVE_BYTES = 256 << 10,
  RESULT_BYTES_MAX = 512 << 20,
  LEGS_MAX = 64,
  STACK_BYTES = RECEIVE_BYTES + (128 << 10), /* of which only what is used takes memory */
  IDLE_THREADS_MAX = 4,
  IDLE_SECONDS_MAX = 2,
  WATCHFUL_NS = 200000, /* to wake a thread takes a fifth of what the kernel takes for a tunnel */
};

struct bytes {
  uint8_t *data;
  size_t length, capacity;
};

struct leg {
  int32_t netns_fd, protocol;
  bool even_after_errors;
  uint32_t send_count;
  const uint8_t *sends;
  int socket_fd;
};

struct addon {
  napi_threadsafe_function settled;
  uint32_t pending;
};

struct job {
  void (*run)(struct job *);
  struct addon *addon;
  napi_threadsafe_function settled;
  napi_deferred deferred;
  struct bytes request; /* or a path, with its NUL */
  struct bytes result;  /* of the legs */
  int error;            /* errno of what failed before anything was done */
  const char *attempted;
};

static void free_job(struct job *job) {
  free(job->request.data);
  free(job->result.data);
  free(job);
}

static void fail(struct job *job, const char *attempted) {
  job->error = errno;
  job->attempted = attempted;
}

/* ---- On a thread of ours ---- */

/* Sockets of the job that runs or has just been handed over: nobody waits for them to be closed. */
static __thread int open_fds[LEGS_MAX];
static __thread int open_count;

static void close_sockets(void) {
  while (open_count > 0) close(open_fds[--open_count]);
}

/* Where this thread is at home: opened before it first leaves. -1: it has not left, or cannot go back and must end. */
static __thread int home_fd = -1;
static __thread bool is_away;

static bool leave_for(int netns_fd) {
  if (home_fd < 0) home_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  is_away = true;
  return setns(netns_fd, CLONE_NEWNET) == 0;
}

/* False: the thread cannot be used again. */
static bool go_home(void) {
  if (!is_away) return true;
  if (home_fd < 0 || setns(home_fd, CLONE_NEWNET) != 0) return false;
  is_away = false;
  return true;
}

static int open_socket(int protocol, bool large) {
  const int on = 1, size = SOCKET_BUFFER_BYTES;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (fd < 0) return -1;
  /* Niceties: without them errors are only less telling and buffers smaller. */
  setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  if (large) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  }
  return fd;
}

static bool append(struct bytes *bytes, const void *data, size_t length) {
  if (length == 0) return true;
  size_t needed = bytes->length + length;
  if (needed > bytes->capacity) {
    size_t capacity = needed * 2;
    uint8_t *larger = needed > RESULT_BYTES_MAX ? NULL : realloc(bytes->data, capacity);
    if (!larger) {
      errno = ENOMEM;
      return false;
    }
    bytes->data = larger;
    bytes->capacity = capacity;
  }
  memcpy(bytes->data + bytes->length, data, length);
  bytes->length = needed;
  return true;
}

/* Everything the kernel has to say by now. False with errno set when something was lost. */
static bool receive_all(int fd, struct bytes *replies) {
  bool lost = false;
  uint8_t room[RECEIVE_BYTES];
  for (;;) {
    struct sockaddr_nl from = {0};
    struct iovec part = {room, sizeof room};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1};
    ssize_t count = recvmsg(fd, &message, MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == ENOBUFS) { /* an answer was dropped; the rest is still worth reading */
        lost = true;
        continue;
      }
      if (errno != EAGAIN) return false;
      if (lost) errno = ENOBUFS;
      return !lost;
    }
    if (message.msg_flags & MSG_TRUNC) {
      errno = EMSGSIZE;
      return false;
    }
    if (from.nl_pid != 0) continue; /* another process may write to our port; only the kernel is 0 */
    size_t padding = NLMSG_ALIGN((size_t)count) - (size_t)count;
    if (!append(replies, room, (size_t)count) || !append(replies, "\0\0\0", padding)) return false;
  }
}

static bool send_all(int fd, const uint8_t *data, size_t length) {
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t count;
  do {
    count = sendto(fd, data, length, MSG_NOSIGNAL, (const struct sockaddr *)&kernel, sizeof kernel);
  } while (count < 0 && errno == EINTR);
  return count >= 0; /* a datagram: all or nothing */
}

/* Whether the kernel refused anything: decides only whether the next leg is sent. */
static bool has_refusal(const uint8_t *at, size_t left) {
  while (left >= sizeof(struct nlmsghdr)) {
    struct nlmsghdr header;
    memcpy(&header, at, sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > left) return true;
    if (header.nlmsg_type == NLMSG_ERROR && header.nlmsg_len >= NLMSG_LENGTH(sizeof(int))) {
      int error;
      memcpy(&error, at + NLMSG_HDRLEN, sizeof error);
      if (error != 0) return true;
    }
    size_t step = NLMSG_ALIGN(header.nlmsg_len);
    if (step >= left) break;
    at += step;
    left -= step;
  }
  return false;
}

/* The next word of the request; false at its end. */
static bool take_word(const uint8_t **at, const uint8_t *end, void *word) {
  if (end - *at < 4) return false;
  memcpy(word, *at, 4);
  *at += 4;
  return true;
}

static bool take_send(const uint8_t **at, const uint8_t *end, const uint8_t **data, uint32_t *length) {
  if (!take_word(at, end, length)) return false;
  size_t padded = NLMSG_ALIGN((size_t)*length);
  if ((size_t)(end - *at) < padded) return false;
  *data = *at;
  *at += padded;
  return true;
}

/* How many legs there are; -1 when the request makes no sense. */
static int read_legs(const struct bytes *request, struct leg *legs) {
  const uint8_t *at = request->data, *end = at + request->length, *data;
  uint32_t even_after_errors, length;
  int count = 0;
  for (; at < end; count++) {
    if (count == LEGS_MAX) return -1;
    struct leg *leg = &legs[count];
    leg->socket_fd = -1;
    if (!take_word(&at, end, &leg->netns_fd) || !take_word(&at, end, &leg->protocol) ||
        !take_word(&at, end, &even_after_errors) || !take_word(&at, end, &leg->send_count)) {
      return -1;
    }
    leg->even_after_errors = even_after_errors != 0;
    leg->sends = at;
    for (uint32_t k = 0; k < leg->send_count; k++) {
      if (!take_send(&at, end, &data, &length)) return -1;
    }
  }
  return count;
}

/* errno of a send or receive that failed, or 0. */
static int exchange_leg(const struct leg *leg, const uint8_t *end, struct bytes *replies) {
  const uint8_t *at = leg->sends, *data;
  uint32_t length;
  for (uint32_t k = 0; k < leg->send_count && take_send(&at, end, &data, &length); k++) {
    if (!send_all(leg->socket_fd, data, length) || !receive_all(leg->socket_fd, replies)) return errno;
  }
  return 0;
}

static bool is_large(const struct leg *leg, const uint8_t *end) {
  const uint8_t *at = leg->sends, *data;
  uint32_t length;
  for (uint32_t k = 0; k < leg->send_count && take_send(&at, end, &data, &length); k++)
    if (length > LARGE_SEND_BYTES) return true;
  return false;
}

static bool open_sockets(struct job *job, struct leg *legs, int count) {
  const uint8_t *end = job->request.data + job->request.length;
  /* Our own namespace first: the way back may fail. */
  for (int foreign = 0; foreign < 2; foreign++) {
    for (struct leg *leg = legs; leg < legs + count; leg++) {
      if ((leg->netns_fd >= 0) != foreign) continue;
      if (foreign && !leave_for(leg->netns_fd)) return fail(job, "enter the network namespace"), false;
      leg->socket_fd = open_socket(leg->protocol, is_large(leg, end));
      if (leg->socket_fd < 0) return fail(job, "open a netlink socket"), false;
      open_fds[open_count++] = leg->socket_fd;
    }
  }
  return true;
}

static void exchange_all(struct job *job, const struct leg *legs, int count) {
  const uint8_t *end = job->request.data + job->request.length;
  struct bytes *result = &job->result;
  bool refused = false;
  for (const struct leg *leg = legs; leg < legs + count; leg++) {
    struct {
      int32_t error;
      uint32_t skipped, length;
    } header = {.skipped = refused && !leg->even_after_errors};
    size_t at = result->length;
    if (!append(result, &header, sizeof header)) return fail(job, "keep the replies");
    size_t from = result->length;
    if (!header.skipped) header.error = exchange_leg(leg, end, result);
    header.length = result->length - from;
    memcpy(result->data + at, &header, sizeof header);
    refused = refused || header.error != 0 || has_refusal(result->data + from, header.length);
  }
}

static void run_exchange(struct job *job) {
  struct leg legs[LEGS_MAX];
  int count = read_legs(&job->request, legs);
  if (count < 0) {
    errno = EINVAL;
    return fail(job, "read the request");
  }
  if (open_sockets(job, legs, count)) exchange_all(job, legs, count);
}

static void run_create_netns(struct job *job) {
  const char *path = (const char *)job->request.data;
  int fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  if (fd < 0) return fail(job, "create the mount point");
  close(fd);
  is_away = true; /* without a way home: this thread ends */
  if (unshare(CLONE_NEWNET) != 0) {
    fail(job, "unshare the network namespace");
  } else if (mount("/proc/thread-self/ns/net", path, "none", MS_BIND, NULL) != 0) {
    fail(job, "mount the network namespace");
  }
  if (job->error != 0) unlink(path);
}

static void run_delete_netns(struct job *job) {
  const char *path = (const char *)job->request.data;
  /* EINVAL: the file is there but nothing is mounted on it (a creation that was cut short). */
  if (umount2(path, MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT) return fail(job, "unmount");
  if (unlink(path) != 0 && errno != ENOENT) fail(job, "remove the mount point");
}

static void run_job(struct job *job) {
  napi_threadsafe_function settled = job->settled;
  job->run(job);
  /* Once handed over the job belongs to Node's thread. napi_closing also gives up our hold on `settled`. */
  napi_status status = napi_call_threadsafe_function(settled, job, napi_tsfn_nonblocking);
  if (status == napi_ok) {
    napi_release_threadsafe_function(settled, napi_tsfn_release);
  } else {
    free_job(job);
  }
  close_sockets();
}

/* An idle thread waits here; it is on the list exactly while it has no job. Of the process, not of one addon. */
struct idle_thread {
  struct idle_thread *next;
  struct job *_Atomic job;
  bool roused;
  pthread_cond_t given;
};
static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;
static struct idle_thread *idle_threads;
static int idle_count;

/* Looks for a job without sleeping, and lets every other thread go first. */
static void watch_for_job(struct idle_thread *self) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t until = now.tv_sec * 1000000000LL + now.tv_nsec + WATCHFUL_NS;
  while (!atomic_load_explicit(&self->job, memory_order_acquire)) {
    sched_yield();
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec * 1000000000LL + now.tv_nsec >= until) return;
  }
}

static void watch_unlocked(struct idle_thread *self) {
  pthread_mutex_unlock(&idle_lock);
  watch_for_job(self);
  pthread_mutex_lock(&idle_lock); /* who gave the job has let go of `self` */
}

/* The next job, or NULL when there was none for a while or enough threads wait already. */
static struct job *wait_for_job(void) {
  struct idle_thread self = {.given = PTHREAD_COND_INITIALIZER};
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until); /* a clock that is set only makes the wait shorter or longer */
  until.tv_sec += IDLE_SECONDS_MAX;
  pthread_mutex_lock(&idle_lock);
  if (idle_count < IDLE_THREADS_MAX) {
    self.next = idle_threads;
    idle_threads = &self;
    idle_count++;
    int error = 0;
    while (!self.job && error == 0) {
      error = pthread_cond_timedwait(&self.given, &idle_lock, &until);
      if (!self.roused) continue;
      watch_unlocked(&self);
      self.roused = false;
    }
    if (!self.job) {
      struct idle_thread **at = &idle_threads;
      while (*at != &self) at = &(*at)->next;
      *at = self.next;
      idle_count--;
    }
  }
  pthread_mutex_unlock(&idle_lock);
  pthread_cond_destroy(&self.given);
  return self.job;
}

/* The thread that became idle last has the warmest stack. */
static bool give_to_idle_thread(struct job *job) {
  pthread_mutex_lock(&idle_lock);
  struct idle_thread *thread = idle_threads;
  if (thread) {
    idle_threads = thread->next;
    idle_count--;
    atomic_store_explicit(&thread->job, job, memory_order_release);
    pthread_cond_signal(&thread->given);
  }
  pthread_mutex_unlock(&idle_lock);
  return thread != NULL;
}

/* A job comes soon: the thread that would get it wakes while the job is being made. */
static void rouse_idle_thread(void) {
  pthread_mutex_lock(&idle_lock);
  struct idle_thread *thread = idle_threads;
  if (thread) {
    thread->roused = true;
    pthread_cond_signal(&thread->given);
  }
  pthread_mutex_unlock(&idle_lock);
}

static void *run_thread(void *data) {
  for (struct job *job = data; job; job = go_home() ? wait_for_job() : NULL) run_job(job);
  if (home_fd >= 0) close(home_fd);
  return NULL;
}

/* ---- On Node's thread ---- */

/* Resolves with the result; giving errors their names and words is left to TypeScript. */
static void settle(napi_env env, napi_value callback, void *context, void *data) {
  (void)callback;
  struct addon *addon = context;
  struct job *job = data;
  if (env != NULL) {
    const int32_t error = job->error;
    const void *rest = error ? (const void *)job->attempted : job->result.data;
    size_t length = error ? strlen(job->attempted) : job->result.length;
    napi_value result;
    uint8_t *room;
    if (napi_create_buffer(env, sizeof error + length, (void **)&room, &result) == napi_ok) {
      memcpy(room, &error, sizeof error);
      if (length > 0) memcpy(room + sizeof error, rest, length);
      napi_resolve_deferred(env, job->deferred, result);
    } else {
      napi_value text;
      napi_create_string_utf8(env, "no memory for the replies", NAPI_AUTO_LENGTH, &text);
      napi_reject_deferred(env, job->deferred, text);
    }
    if (--addon->pending == 0) napi_unref_threadsafe_function(env, addon->settled);
  }
  free_job(job);
}

static napi_value throw_error(napi_env env, struct job *job, const char *text) {
  if (job) free_job(job);
  napi_throw_error(env, NULL, text);
  return NULL;
}

static struct job *new_job(napi_env env, void (*run)(struct job *)) {
  struct job *job = calloc(1, sizeof *job);
  if (!job) return NULL;
  job->run = run;
  napi_get_instance_data(env, (void **)&job->addon);
  job->settled = job->addon->settled;
  return job;
}

/* errno, or 0. */
static int start_thread(struct job *job) {
  /* Node's signals are for Node's thread. */
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  int error = pthread_create(&thread, &attributes, run_thread, job);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  return error;
}

/* Finds or starts a thread and returns the promise; owns `job` from here. */
static napi_value submit(napi_env env, struct job *job) {
  napi_value promise;
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok) return throw_error(env, job, "no promise");
  if (napi_acquire_threadsafe_function(job->settled) != napi_ok) return throw_error(env, job, "shutting down");
  struct addon *addon = job->addon;
  if (addon->pending++ == 0) napi_ref_threadsafe_function(env, addon->settled);

  if (give_to_idle_thread(job)) return promise;
  int error = start_thread(job);
  if (error != 0) {
    job->error = error;
    job->attempted = "start a thread";
    napi_release_threadsafe_function(job->settled, napi_tsfn_release);
    settle(env, NULL, addon, job);
  }
  return promise;
}

static napi_value exchange(napi_env env, napi_callback_info info) {
  size_t argc = 1, length;
  napi_value argument;
  void *data;
  struct job *job = new_job(env, run_exchange);
  if (!job) return throw_error(env, NULL, "out of memory");
  if (napi_get_cb_info(env, info, &argc, &argument, NULL, NULL) != napi_ok || argc < 1 ||
      napi_get_buffer_info(env, argument, &data, &length) != napi_ok) {
    return throw_error(env, job, "wants a buffer");
  }
  if (!append(&job->request, data, length)) return throw_error(env, job, "out of memory");
  return submit(env, job);
}

static napi_value submit_path(napi_env env, napi_callback_info info, void (*run)(struct job *)) {
  size_t argc = 1, length = 0;
  napi_value argument;
  struct job *job = new_job(env, run);
  if (!job) return throw_error(env, NULL, "out of memory");
  if (napi_get_cb_info(env, info, &argc, &argument, NULL, NULL) != napi_ok || argc < 1 ||
      napi_get_value_string_utf8(env, argument, NULL, 0, &length) != napi_ok) {
    return throw_error(env, job, "wants a path");
  }
  job->request.data = malloc(length + 1);
  if (!job->request.data) return throw_error(env, job, "out of memory");
  napi_get_value_string_utf8(env, argument, (char *)job->request.data, length + 1, &length);
  return submit(env, job);
}

static napi_value create_netns(napi_env env, napi_callback_info info) {
  return submit_path(env, info, run_create_netns);
}

static napi_value delete_netns(napi_env env, napi_callback_info info) {
  return submit_path(env, info, run_delete_netns);
}

static napi_value rouse(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  rouse_idle_thread();
  return NULL;
}

static void free_addon(napi_env env, void *data, void *hint) {
  (void)env, (void)data;
  free(hint);
}

NAPI_MODULE_INIT() {
  napi_value name;
  struct addon *addon = calloc(1, sizeof *addon);
  if (!addon) return NULL;
  napi_create_string_utf8(env, "netns_socket", NAPI_AUTO_LENGTH, &name);
  /* The addon lives as long as `settled`, whose finalizer frees it: settle() may run until then. */
  if (napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, NULL, free_addon, addon, settle, &addon->settled) !=
      napi_ok) {
    free(addon);
    return NULL;
  }
  napi_unref_threadsafe_function(env, addon->settled); /* an idle addon does not keep the process alive */
  napi_set_instance_data(env, addon, NULL, NULL);
  const napi_property_descriptor properties[] = {
      {"exchange", NULL, exchange, NULL, NULL, NULL, napi_enumerable, NULL},
      {"createNetns", NULL, create_netns, NULL, NULL, NULL, napi_enumerable, NULL},
      {"rouse", NULL, rouse, NULL, NULL, NULL, napi_enumerable, NULL},
      {"deleteNetns", NULL, delete_netns, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  return exports;
}

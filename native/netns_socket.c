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
 * Lifetimes: a job owns copies of all bytes and paths it uses, from submission until it is freed by settle() (or by the
 * thread itself when Node is shutting down). File descriptors of namespaces belong to the caller, who keeps them open
 * until the promise settles.
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
  REPLY_BYTES_MAX = 512 << 20,
  LEGS_MAX = 64,
  IDLE_THREADS_MAX = 4,
  IDLE_SECONDS_MAX = 2,
};

struct bytes {
  uint8_t *data;
  size_t length, capacity;
};

struct leg {
  int netns_fd; /* -1: the namespace this process is in */
  int protocol;
  bool even_after_errors;
  struct bytes *sends;
  uint32_t send_count;
  int socket_fd;
  struct bytes reply;
  int error; /* errno of a send or receive that failed */
  bool skipped;
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
  struct leg *legs;
  uint32_t leg_count;
  char *path;
  int error; /* errno of what failed before anything was done */
  const char *attempted;
};

static void free_job(struct job *job) {
  for (uint32_t i = 0; i < job->leg_count; i++) {
    struct leg *leg = &job->legs[i];
    for (uint32_t k = 0; k < leg->send_count; k++) free(leg->sends[k].data);
    free(leg->sends);
    free(leg->reply.data);
  }
  free(job->legs);
  free(job->path);
  free(job);
}

static void fail(struct job *job, const char *attempted) {
  job->error = errno;
  job->attempted = attempted;
}

/* ---- On a thread of ours ---- */

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

static bool reserve(struct bytes *bytes, size_t more) {
  if (bytes->capacity - bytes->length >= more) return true;
  size_t capacity = bytes->capacity * 2 + more;
  uint8_t *data = capacity > REPLY_BYTES_MAX ? NULL : realloc(bytes->data, capacity);
  if (!data) {
    errno = ENOMEM;
    return false;
  }
  bytes->data = data;
  bytes->capacity = capacity;
  return true;
}

/* Everything the kernel has to say by now. False with errno set when something was lost. */
static bool receive_all(struct leg *leg) {
  bool lost = false;
  for (;;) {
    if (!reserve(&leg->reply, RECEIVE_BYTES)) return false;
    struct sockaddr_nl from = {0};
    struct iovec room = {leg->reply.data + leg->reply.length, RECEIVE_BYTES};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &room, .msg_iovlen = 1};
    ssize_t count = recvmsg(leg->socket_fd, &message, MSG_DONTWAIT);
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
    size_t aligned = NLMSG_ALIGN((size_t)count);
    memset(leg->reply.data + leg->reply.length + count, 0, aligned - (size_t)count);
    leg->reply.length += aligned;
  }
}

static bool send_all(int fd, const struct bytes *bytes) {
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t count;
  do {
    count = sendto(fd, bytes->data, bytes->length, MSG_NOSIGNAL, (const struct sockaddr *)&kernel, sizeof kernel);
  } while (count < 0 && errno == EINTR);
  return count >= 0; /* a datagram: all or nothing */
}

/* Whether the kernel refused anything in `reply`: decides only whether the next leg is sent. */
static bool has_refusal(const struct bytes *reply) {
  size_t left = reply->length;
  const uint8_t *at = reply->data;
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

static void exchange_leg(struct leg *leg) {
  for (uint32_t k = 0; k < leg->send_count; k++) {
    if (!send_all(leg->socket_fd, &leg->sends[k]) || !receive_all(leg)) {
      leg->error = errno;
      return;
    }
  }
}

static bool is_large(const struct leg *leg) {
  for (uint32_t k = 0; k < leg->send_count; k++)
    if (leg->sends[k].length > LARGE_SEND_BYTES) return true;
  return false;
}

static bool open_sockets(struct job *job) {
  /* Our own namespace first: the way back may fail. */
  for (int foreign = 0; foreign < 2; foreign++) {
    for (uint32_t i = 0; i < job->leg_count; i++) {
      struct leg *leg = &job->legs[i];
      if ((leg->netns_fd >= 0) != foreign) continue;
      if (foreign && !leave_for(leg->netns_fd)) return fail(job, "enter the network namespace"), false;
      leg->socket_fd = open_socket(leg->protocol, is_large(leg));
      if (leg->socket_fd < 0) return fail(job, "open a netlink socket"), false;
    }
  }
  return true;
}

static void run_exchange(struct job *job) {
  bool refused = false;
  if (open_sockets(job)) {
    for (uint32_t i = 0; i < job->leg_count; i++) {
      struct leg *leg = &job->legs[i];
      if (refused && !leg->even_after_errors) {
        leg->skipped = true;
        continue;
      }
      exchange_leg(leg);
      refused = refused || leg->error != 0 || has_refusal(&leg->reply);
    }
  }
  for (uint32_t i = 0; i < job->leg_count; i++) {
    if (job->legs[i].socket_fd >= 0) close(job->legs[i].socket_fd);
  }
}

static void run_create_netns(struct job *job) {
  int fd = open(job->path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  if (fd < 0) return fail(job, "create the mount point");
  close(fd);
  is_away = true; /* without a way home: this thread ends */
  if (unshare(CLONE_NEWNET) != 0) {
    fail(job, "unshare the network namespace");
  } else if (mount("/proc/thread-self/ns/net", job->path, "none", MS_BIND, NULL) != 0) {
    fail(job, "mount the network namespace");
  }
  if (job->error != 0) unlink(job->path);
}

static void run_delete_netns(struct job *job) {
  /* EINVAL: the file is there but nothing is mounted on it (a creation that was cut short). */
  if (umount2(job->path, MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT) return fail(job, "unmount");
  if (unlink(job->path) != 0 && errno != ENOENT) fail(job, "remove the mount point");
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
}

/* An idle thread waits here; it is on the list exactly while it has no job. Of the process, not of one addon. */
struct idle_thread {
  struct idle_thread *next;
  struct job *job;
  pthread_cond_t given;
};
static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;
static struct idle_thread *idle_threads;
static int idle_count;

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
    while (!self.job && error == 0) error = pthread_cond_timedwait(&self.given, &idle_lock, &until);
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
    thread->job = job;
    pthread_cond_signal(&thread->given);
  }
  pthread_mutex_unlock(&idle_lock);
  return thread != NULL;
}

static void *run_thread(void *data) {
  for (struct job *job = data; job; job = go_home() ? wait_for_job() : NULL) run_job(job);
  if (home_fd >= 0) close(home_fd);
  return NULL;
}

/* ---- On Node's thread ---- */

static void set_integer(napi_env env, napi_value object, const char *name, int value) {
  napi_value number;
  napi_create_int32(env, value, &number);
  napi_set_named_property(env, object, name, number);
}

static napi_value leg_result(napi_env env, const struct leg *leg) {
  napi_value result, reply, skipped;
  napi_create_object(env, &result);
  if (napi_create_buffer_copy(env, leg->reply.length, leg->reply.data ? (void *)leg->reply.data : "", NULL, &reply) !=
      napi_ok) {
    return NULL;
  }
  napi_get_boolean(env, leg->skipped, &skipped);
  napi_set_named_property(env, result, "reply", reply);
  napi_set_named_property(env, result, "skipped", skipped);
  set_integer(env, result, "errno", leg->error);
  return result;
}

/* Resolves with {errno, attempted, legs}; giving errors their names and words is left to TypeScript. */
static void settle(napi_env env, napi_value callback, void *context, void *data) {
  (void)callback;
  struct addon *addon = context;
  struct job *job = data;
  if (env != NULL) {
    napi_value result, legs, attempted;
    napi_create_object(env, &result);
    set_integer(env, result, "errno", job->error);
    napi_create_string_utf8(env, job->attempted ? job->attempted : "", NAPI_AUTO_LENGTH, &attempted);
    napi_set_named_property(env, result, "attempted", attempted);
    napi_create_array_with_length(env, job->leg_count, &legs);
    for (uint32_t i = 0; i < job->leg_count; i++) {
      napi_value leg = leg_result(env, &job->legs[i]);
      if (leg) napi_set_element(env, legs, i, leg);
    }
    napi_set_named_property(env, result, "legs", legs);
    napi_resolve_deferred(env, job->deferred, result);
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

/* Finds or starts a thread and returns the promise; owns `job` from here. */
static napi_value submit(napi_env env, struct job *job) {
  napi_value promise;
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok) return throw_error(env, job, "no promise");
  if (napi_acquire_threadsafe_function(job->settled) != napi_ok) return throw_error(env, job, "shutting down");
  struct addon *addon = job->addon;
  if (addon->pending++ == 0) napi_ref_threadsafe_function(env, addon->settled);

  if (give_to_idle_thread(job)) return promise;

  /* Node's signals are for Node's thread. */
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  int error = pthread_create(&thread, &attributes, run_thread, job);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  if (error != 0) {
    job->error = error;
    job->attempted = "start a thread";
    napi_release_threadsafe_function(job->settled, napi_tsfn_release);
    settle(env, NULL, addon, job);
  }
  return promise;
}

static bool get_integer(napi_env env, napi_value object, const char *name, int *value) {
  napi_value number;
  return napi_get_named_property(env, object, name, &number) == napi_ok &&
         napi_get_value_int32(env, number, value) == napi_ok;
}

static bool read_leg(napi_env env, napi_value object, struct leg *leg) {
  napi_value sends, flag;
  uint32_t count;
  leg->socket_fd = -1;
  if (!get_integer(env, object, "netnsFd", &leg->netns_fd)) return false;
  if (!get_integer(env, object, "protocol", &leg->protocol)) return false;
  if (napi_get_named_property(env, object, "evenAfterErrors", &flag) != napi_ok) return false;
  if (napi_get_value_bool(env, flag, &leg->even_after_errors) != napi_ok) return false;
  if (napi_get_named_property(env, object, "sends", &sends) != napi_ok) return false;
  if (napi_get_array_length(env, sends, &count) != napi_ok) return false;
  leg->sends = calloc(count ? count : 1, sizeof *leg->sends);
  if (!leg->sends) return false;
  leg->send_count = count;
  for (uint32_t k = 0; k < count; k++) {
    napi_value send;
    void *data;
    size_t length;
    if (napi_get_element(env, sends, k, &send) != napi_ok) return false;
    if (napi_get_buffer_info(env, send, &data, &length) != napi_ok) return false;
    if (!reserve(&leg->sends[k], length ? length : 1)) return false;
    memcpy(leg->sends[k].data, data, length);
    leg->sends[k].length = length;
  }
  return true;
}

static napi_value exchange(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argument;
  uint32_t count;
  struct job *job = new_job(env, run_exchange);
  if (!job) return throw_error(env, NULL, "out of memory");
  if (napi_get_cb_info(env, info, &argc, &argument, NULL, NULL) != napi_ok || argc < 1 ||
      napi_get_array_length(env, argument, &count) != napi_ok || count > LEGS_MAX) {
    return throw_error(env, job, "exchange takes an array of at most 64 legs");
  }
  job->legs = calloc(count ? count : 1, sizeof *job->legs);
  if (!job->legs) return throw_error(env, job, "out of memory");
  job->leg_count = count;
  for (uint32_t i = 0; i < count; i++) {
    napi_value leg;
    if (napi_get_element(env, argument, i, &leg) != napi_ok || !read_leg(env, leg, &job->legs[i])) {
      return throw_error(env, job, "a leg is {netnsFd, protocol, evenAfterErrors, sends: Buffer[]}");
    }
  }
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
  job->path = malloc(length + 1);
  if (!job->path) return throw_error(env, job, "out of memory");
  napi_get_value_string_utf8(env, argument, job->path, length + 1, &length);
  return submit(env, job);
}

static napi_value create_netns(napi_env env, napi_callback_info info) {
  return submit_path(env, info, run_create_netns);
}

static napi_value delete_netns(napi_env env, napi_callback_info info) {
  return submit_path(env, info, run_delete_netns);
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
      {"deleteNetns", NULL, delete_netns, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  return exports;
}

/*
 * Sends one request frame over and over to ttrpc servers on Unix sockets and times the replies.
 *
 *   ttrpc-load closed REQUEST SOCKETS CONNECTIONS INFLIGHT WARM_MS RUN_MS [PID...]
 *   ttrpc-load open   REQUEST SOCKETS CONNECTIONS RATE     WARM_MS RUN_MS [PID...]
 *
 * REQUEST is a file with one whole frame (its stream id is set here), SOCKETS a file with one path a line; each path
 * gets CONNECTIONS connections. closed: INFLIGHT calls are always in flight on each connection. open: RATE calls a
 * second in all, whatever the replies do, and a call's time counts from when it was due, not from when it was sent.
 * The CPU time of each PID within the run is taken from /proc. Prints one JSON object.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { header_bytes = 10, slots = 8192, read_bytes = 1 << 18, samples_max = 1 << 23, pids_max = 8, prime_ms_max = 20000 };

struct connection {
  int fd;
  uint32_t sent, answered;
  int64_t due[slots]; /* by call number modulo slots; 0: free */
  unsigned char header[header_bytes];
  uint32_t header_have, body_left, body_at;
  char *out;
  size_t out_from, out_to, out_size;
  int wants_out;
};

static unsigned char *request;
static size_t request_bytes;
static struct connection **connections;
static int connection_count, epoll_fd;
static int64_t run_from, run_to;
static uint32_t *samples;
static uint64_t sample_count, reply_bytes, refused;

static void fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("ttrpc-load: ", stderr);
  vfprintf(stderr, format, args);
  fprintf(stderr, " (%s)\n", strerror(errno));
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Of all threads; schedstat counts nanoseconds where stat counts ticks. */
static int64_t cpu_ns(const char *pid) {
  char path[288];
  int64_t sum = 0;
  snprintf(path, sizeof path, "/proc/%s/task", pid);
  DIR *folder = opendir(path);
  if (!folder) fail("no process %s", pid);
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%s/task/%.20s/schedstat", pid, entry->d_name);
    FILE *file = fopen(path, "r");
    long long ran = 0;
    if (file && fscanf(file, "%lld", &ran) == 1) sum += ran;
    if (file) fclose(file);
  }
  closedir(folder);
  return sum;
}

static void queue_call(struct connection *c, int64_t due) {
  uint32_t slot = c->sent % slots;
  if (c->due[slot]) fail("more than %d calls unanswered on one connection", slots);
  c->due[slot] = due;
  if (c->out_to + request_bytes > c->out_size) {
    memmove(c->out, c->out + c->out_from, c->out_to - c->out_from);
    c->out_to -= c->out_from;
    c->out_from = 0;
    if (c->out_to + request_bytes > c->out_size) {
      c->out_size = 2 * (c->out_to + request_bytes);
      c->out = realloc(c->out, c->out_size);
    }
  }
  uint32_t id = 2 * c->sent++ + 1;
  unsigned char *frame = (unsigned char *)c->out + c->out_to;
  memcpy(frame, request, request_bytes);
  for (int i = 0; i < 4; i++) frame[4 + i] = id >> (24 - 8 * i);
  c->out_to += request_bytes;
}

static void flush_calls(struct connection *c) {
  while (c->out_from < c->out_to) {
    /* One send a call, as real clients do it. */
    size_t part = request_bytes - c->out_from % request_bytes;
    ssize_t sent = send(c->fd, c->out + c->out_from, part, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("send");
    if (sent < 0) break;
    c->out_from += sent;
  }
  if (c->out_from == c->out_to) c->out_from = c->out_to = 0;
  int wants = c->out_from < c->out_to;
  if (wants == c->wants_out) return;
  c->wants_out = wants;
  struct epoll_event event = {.events = EPOLLIN | (wants ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void answered(struct connection *c, int64_t now) {
  uint32_t id = 0;
  for (int i = 4; i < 8; i++) id = id << 8 | c->header[i];
  uint32_t slot = (id >> 1) % slots;
  if (!(id & 1) || !c->due[slot]) fail("a reply to stream %u, which waits for none", id);
  if (now >= run_from && now < run_to) {
    int64_t took = now - c->due[slot];
    if (sample_count < samples_max) samples[sample_count] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
    sample_count++;
  }
  c->due[slot] = 0;
  c->answered++;
}

/* Returns how many calls were answered. */
static int take_bytes(struct connection *c, const unsigned char *bytes, size_t count, int64_t now) {
  int calls = 0;
  for (size_t at = 0; at < count;) {
    if (c->header_have < header_bytes) {
      c->header[c->header_have++] = bytes[at++];
      if (c->header_have < header_bytes) continue;
      c->body_left = (uint32_t)c->header[0] << 24 | c->header[1] << 16 | c->header[2] << 8 | c->header[3];
      c->body_at = 0;
    }
    /* Field 1 is a status, field 2 the payload of a call that went well. */
    if (c->body_at == 0 && c->body_left > 0 && at < count && bytes[at] != 0x12) refused++;
    size_t part = count - at < c->body_left ? count - at : c->body_left;
    at += part;
    c->body_left -= part;
    c->body_at += part;
    if (c->body_left > 0) continue;
    c->header_have = 0;
    answered(c, now);
    calls++;
  }
  return calls;
}

static int take_replies(struct connection *c) {
  static unsigned char bytes[read_bytes];
  int calls = 0;
  for (;;) {
    ssize_t got = recv(c->fd, bytes, sizeof bytes, 0);
    if (got < 0 && errno == EAGAIN) return calls;
    if (got <= 0) fail("the server closed the connection");
    int64_t now = now_ns();
    if (now >= run_from && now < run_to) reply_bytes += got;
    calls += take_bytes(c, bytes, got, now);
    if (got < (ssize_t)sizeof bytes) return calls;
  }
}

static unsigned char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "r");
  if (!file) fail("open %s", path);
  unsigned char *bytes = malloc(1 << 22);
  *length = fread(bytes, 1, (1 << 22) - 1, file);
  bytes[*length] = 0;
  fclose(file);
  return bytes;
}

static void open_connections(const char *list, int each) {
  size_t length;
  char *paths = (char *)read_file(list, &length);
  for (char *path = strtok(paths, "\n"); path; path = strtok(NULL, "\n"))
    for (int i = 0; i < each; i++) {
      struct connection *c = calloc(1, sizeof *c);
      struct sockaddr_un address = {.sun_family = AF_UNIX};
      snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
      c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
      if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect to %s", path);
      fcntl(c->fd, F_SETFL, O_NONBLOCK);
      struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
      epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event);
      connections = realloc(connections, (connection_count + 1) * sizeof c);
      connections[connection_count++] = c;
    }
}

/* One answered call on each connection: what lies behind it is connected before anything is timed. */
static void prime(void) {
  int waiting = connection_count;
  for (int i = 0; i < connection_count; i++) {
    queue_call(connections[i], now_ns());
    flush_calls(connections[i]);
  }
  run_from = run_to = INT64_MAX;
  while (waiting > 0) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll_fd, events, 64, prime_ms_max);
    if (ready == 0) fail("%d connections give no answer", waiting);
    for (int i = 0; i < ready; i++) {
      flush_calls(events[i].data.ptr);
      waiting -= take_replies(events[i].data.ptr);
    }
  }
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double quantile_us(double q) {
  uint64_t count = sample_count < samples_max ? sample_count : samples_max;
  return count == 0 ? 0 : samples[(uint64_t)(q * (count - 1))] / 1e3;
}

int main(int argc, char **argv) {
  if (argc < 8) fail("see the head of ttrpc-load.c");
  int open_loop = strcmp(argv[1], "open") == 0;
  double rate = atof(argv[5]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  request = read_file(argv[2], &request_bytes);
  samples = malloc(samples_max * sizeof *samples);
  epoll_fd = epoll_create1(0);
  open_connections(argv[3], atoi(argv[4]));
  prime();
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event tick = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer, &tick);
  int64_t start = now_ns();
  run_from = start + atoll(argv[6]) * 1000000;
  run_to = run_from + atoll(argv[7]) * 1000000;
  int64_t next_due = start, called = 0;
  if (!open_loop)
    for (int i = 0; i < connection_count; i++) {
      for (int n = 0; n < (int)rate; n++) queue_call(connections[i], now_ns());
      flush_calls(connections[i]);
    }
  int pid_count = argc - 8 < pids_max ? argc - 8 : pids_max;
  int64_t cpu_from[pids_max], own_from = 0;
  int measuring = 0;
  int64_t now = now_ns();
  while (now < run_to) {
    if (!measuring && now >= run_from) {
      measuring = 1;
      for (int i = 0; i < pid_count; i++) cpu_from[i] = cpu_ns(argv[8 + i]);
      own_from = cpu_ns("self");
      run_from = now_ns();
    }
    while (open_loop && next_due <= now) {
      struct connection *c = connections[called++ % connection_count];
      queue_call(c, next_due);
      flush_calls(c);
      next_due = start + (int64_t)(called * 1e9 / rate);
    }
    int64_t wake = open_loop && next_due < run_to ? next_due : run_to;
    if (!measuring && run_from < wake) wake = run_from;
    struct itimerspec at = {.it_value = {wake / 1000000000, wake % 1000000000}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
    struct epoll_event events[64];
    int ready = epoll_wait(epoll_fd, events, 64, -1);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) continue;
      int calls = take_replies(c);
      if (!open_loop)
        for (int64_t due = now_ns(); calls > 0; calls--) queue_call(c, due);
      flush_calls(c);
    }
    now = now_ns();
  }
  double seconds = (now - run_from) / 1e9;
  printf("{\"calls\":%llu,\"seconds\":%.6f,\"bytes\":%llu,\"refused\":%llu,\"ownCpuUs\":%.1f,\"cpuUs\":[",
         (unsigned long long)sample_count, seconds, (unsigned long long)reply_bytes, (unsigned long long)refused,
         (cpu_ns("self") - own_from) / 1e3);
  for (int i = 0; i < pid_count; i++) printf("%s%.1f", i ? "," : "", (cpu_ns(argv[8 + i]) - cpu_from[i]) / 1e3);
  qsort(samples, sample_count < samples_max ? sample_count : samples_max, sizeof *samples, by_value);
  printf("],\"p50Us\":%.1f,\"p90Us\":%.1f,\"p99Us\":%.1f,\"p999Us\":%.1f,\"maxUs\":%.1f}\n", quantile_us(0.5),
         quantile_us(0.9), quantile_us(0.99), quantile_us(0.999), quantile_us(1));
  return 0;
}

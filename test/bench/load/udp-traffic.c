/*
 * UDP over IPv4 for the benches of the data path.
 *
 *   udp-traffic echo PORT                              sends every packet back; says "ready"
 *   udp-traffic sink PORT                              counts; prints the count so far for each line on stdin; says "ready"
 *   udp-traffic flood ADDRESS PORT BYTES MS            sends as fast as it can for MS of its own CPU time; prints
 *                                                      how many were sent, and that time in ns
 *   udp-traffic ping ADDRESS PORT COUNT                one packet at a time; prints the median round trip in ns
 *   udp-traffic inject ADDRESS PORT VNI COUNT HEX      VXLAN frames with HEX as the inner frame, 200 us apart each 16
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { batch = 32, frame_max = 2048, pings_max = 100000, flood_patience = 10 };
static const int64_t ping_ns_max = 1000000000;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "udp-traffic: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int bound(const char *port) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 8 << 20;
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
  if (bind(fd, (void *)&any, sizeof any) < 0) fail("bind");
  return fd;
}

static int connected(const char *address, const char *port) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 8 << 20;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  inet_pton(AF_INET, address, &to.sin_addr);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  if (connect(fd, (void *)&to, sizeof to) < 0) fail("connect");
  return fd;
}

static void ready(void) {
  puts("ready");
  fflush(stdout);
}

static void echo(int fd) {
  char packet[frame_max];
  struct sockaddr_in from;
  ready();
  for (;;) {
    socklen_t length = sizeof from;
    ssize_t got = recvfrom(fd, packet, sizeof packet, 0, (void *)&from, &length);
    if (got >= 0) sendto(fd, packet, got, 0, (void *)&from, length);
  }
}

static void sink(int fd) {
  static char packets[batch][frame_max];
  struct iovec parts[batch];
  struct mmsghdr messages[batch];
  uint64_t count = 0;
  char line[16];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < batch; i++) {
    parts[i] = (struct iovec){packets[i], frame_max};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  ready();
  for (;;) {
    struct pollfd polls[2] = {{.fd = fd, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    poll(polls, 2, -1);
    for (int got; (got = recvmmsg(fd, messages, batch, MSG_DONTWAIT, NULL)) > 0;) count += got;
    if (polls[1].revents & POLLIN) {
      if (!fgets(line, sizeof line, stdin)) exit(0);
      printf("%llu\n", (unsigned long long)count);
      fflush(stdout);
    } else if (polls[1].revents & POLLHUP) {
      exit(0);
    }
  }
}

static void flood(int fd, int bytes, int64_t ms) {
  static char packet[frame_max];
  struct iovec part = {packet, bytes};
  struct mmsghdr messages[batch];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < batch; i++) {
    messages[i].msg_hdr.msg_iov = &part;
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  uint64_t count = 0;
  int64_t spent = 0, until = now_ns() + flood_patience * ms * 1000000;
  /* The whole way to the receiver's socket is done on the sender's time: other processes' share does not count. */
  while (spent < ms * 1000000 && now_ns() < until) {
    int sent = sendmmsg(fd, messages, batch, 0);
    if (sent > 0) count += sent;
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    spent = cpu.tv_sec * 1000000000LL + cpu.tv_nsec;
  }
  printf("%llu %lld\n", (unsigned long long)count, (long long)spent);
}

static int by_value(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void ping(int fd, int count) {
  static int64_t took[pings_max];
  char packet[64] = {0};
  int warm = count / 5;
  struct timeval patience = {.tv_sec = 2};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  /* On a busy machine fewer must do. */
  int64_t until = now_ns() + ping_ns_max;
  int done = 0;
  for (int i = -warm; i < count && i < pings_max && (done < 100 || now_ns() < until); i++) {
    int64_t start = now_ns();
    if (send(fd, packet, sizeof packet, 0) < 0) fail("send");
    if (recv(fd, packet, sizeof packet, 0) < 0) fail("no answer");
    if (i >= 0) took[done++] = now_ns() - start;
  }
  qsort(took, done, sizeof *took, by_value);
  printf("%lld\n", (long long)took[done / 2]);
}

static void inject(int fd, uint32_t vni, int count, const char *hex) {
  unsigned char packet[frame_max] = {0x08, 0, 0, 0, vni >> 16, vni >> 8, vni, 0};
  size_t length = strlen(hex) / 2;
  for (size_t i = 0; i < length; i++) sscanf(hex + 2 * i, "%2hhx", &packet[8 + i]);
  int sent = 0;
  while (sent < count) {
    if (send(fd, packet, 8 + length, 0) < 0 && errno != ECONNREFUSED) fail("send");
    if (++sent % 16 == 0) usleep(200);
  }
  printf("%d\n", sent);
}

int main(int argc, char **argv) {
  const char *mode = argc > 2 ? argv[1] : "";
  if (strcmp(mode, "echo") == 0) echo(bound(argv[2]));
  if (strcmp(mode, "sink") == 0) sink(bound(argv[2]));
  if (strcmp(mode, "flood") == 0 && argc == 6) flood(connected(argv[2], argv[3]), atoi(argv[4]), atoll(argv[5]));
  else if (strcmp(mode, "ping") == 0 && argc == 5) ping(connected(argv[2], argv[3]), atoi(argv[4]));
  else if (strcmp(mode, "inject") == 0 && argc == 7)
    inject(connected(argv[2], argv[3]), atoi(argv[4]), atoi(argv[5]), argv[6]);
  else {
    errno = EINVAL;
    fail(mode);
  }
  return 0;
}

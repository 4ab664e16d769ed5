/*
 * The least that setting up tunnels can cost: netlink bytes that the bench hands over, sent from C, and programs started
 * from C. Reads one command a line from stdin and answers each with one line.
 *
 *   net NETNS LEG...        LEG is h:HEX (sent in this namespace) or p:HEX (in NETNS): one send each, all replies read.
 *                           An IFLA_NET_NS_FD in them is replaced by the descriptor that NETNS was opened as.
 *                           Answers: the nanoseconds from opening NETNS to the last reply.
 *   job NETNS LEG...        the same, but only remembered.
 *   burst THREADS           runs the remembered jobs on THREADS threads. Answers: nanoseconds in all, then each job's.
 *   run PROGRAM ARG... ; PROGRAM ARG... ; ...     one after the other. Answers: nanoseconds in all.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { legs_max = 16, jobs_max = 4096, reply_bytes = 1 << 16, args_max = 64 };

struct leg {
  int in_pod;
  size_t length;
  unsigned char *bytes;
};

struct job {
  char *netns;
  int leg_count;
  struct leg legs[legs_max];
  int64_t took;
};

static int host_netns;
static struct job *jobs;
static int job_count;
static _Atomic int next_job;
extern char **environ;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "tunnel-floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* Puts the descriptor in and gives how many replies there will be. */
static int prepare(struct leg *leg, int netns) {
  int acks = 0;
  int left = leg->length;
  for (struct nlmsghdr *m = (void *)leg->bytes; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
    if (m->nlmsg_flags & NLM_F_ACK) acks++;
    if (m->nlmsg_type != RTM_NEWLINK && m->nlmsg_type != RTM_SETLINK) continue;
    int rest = m->nlmsg_len - NLMSG_SPACE(sizeof(struct ifinfomsg));
    struct rtattr *a = (void *)((char *)NLMSG_DATA(m) + NLMSG_ALIGN(sizeof(struct ifinfomsg)));
    for (; RTA_OK(a, rest); a = RTA_NEXT(a, rest))
      if (a->rta_type == IFLA_NET_NS_FD) memcpy(RTA_DATA(a), &netns, sizeof netns);
  }
  return acks;
}

static void send_leg(int fd, struct leg *leg, int netns) {
  char reply[reply_bytes];
  int acks = prepare(leg, netns);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  if (sendto(fd, leg->bytes, leg->length, 0, (void *)&kernel, sizeof kernel) < 0) fail("send");
  while (acks > 0) {
    int left = recv(fd, reply, sizeof reply, 0);
    if (left < 0) fail("receive");
    for (struct nlmsghdr *m = (void *)reply; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
      if (m->nlmsg_type != NLMSG_ERROR) continue;
      struct nlmsgerr *error = NLMSG_DATA(m);
      errno = -error->error;
      if (error->error != 0) fail(leg->in_pod ? "the kernel refused a message in the pod" : "the kernel refused");
      acks--;
    }
  }
}

static int64_t run_job(struct job *job) {
  int64_t start = now_ns();
  int netns = open(job->netns, O_RDONLY | O_CLOEXEC);
  if (netns < 0) fail(job->netns);
  int host = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (setns(netns, CLONE_NEWNET) < 0) fail("setns");
  int pod = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (setns(host_netns, CLONE_NEWNET) < 0) fail("setns back");
  if (host < 0 || pod < 0) fail("socket");
  for (int i = 0; i < job->leg_count; i++) send_leg(job->legs[i].in_pod ? pod : host, &job->legs[i], netns);
  int64_t took = now_ns() - start;
  close(host);
  close(pod);
  close(netns);
  return took;
}

static void parse_job(struct job *job, char *text) {
  char *state;
  job->netns = strdup(strtok_r(text, " \n", &state));
  job->leg_count = 0;
  for (char *word; (word = strtok_r(NULL, " \n", &state)) && job->leg_count < legs_max;) {
    struct leg *leg = &job->legs[job->leg_count++];
    leg->in_pod = word[0] == 'p';
    leg->length = strlen(word + 2) / 2;
    leg->bytes = malloc(leg->length);
    for (size_t i = 0; i < leg->length; i++) sscanf(word + 2 + 2 * i, "%2hhx", &leg->bytes[i]);
  }
}

static void free_job(struct job *job) {
  free(job->netns);
  for (int i = 0; i < job->leg_count; i++) free(job->legs[i].bytes);
}

static void *work(void *unused) {
  (void)unused;
  for (int i; (i = next_job++) < job_count;) jobs[i].took = run_job(&jobs[i]);
  return NULL;
}

static void burst(int thread_count) {
  pthread_t threads[64];
  next_job = 0;
  int64_t start = now_ns();
  for (int i = 0; i < thread_count && i < 64; i++) pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < thread_count && i < 64; i++) pthread_join(threads[i], NULL);
  printf("%lld", (long long)(now_ns() - start));
  for (int i = 0; i < job_count; i++) {
    printf(" %lld", (long long)jobs[i].took);
    free_job(&jobs[i]);
  }
  printf("\n");
  job_count = 0;
}

static void run_programs(char *text) {
  char *state, *args[args_max];
  int count = 0;
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  int64_t start = now_ns();
  for (char *word = strtok_r(text, " \n", &state);; word = strtok_r(NULL, " \n", &state)) {
    if (word && strcmp(word, ";") != 0) {
      if (count < args_max - 1) args[count++] = word;
      continue;
    }
    args[count] = NULL;
    pid_t pid;
    int status;
    errno = posix_spawnp(&pid, args[0], &quiet, NULL, args, environ);
    if (errno) fail(args[0]);
    waitpid(pid, &status, 0);
    if (status != 0) {
      fprintf(stderr, "tunnel-floor: failed:");
      for (int i = 0; i < count; i++) fprintf(stderr, " %s", args[i]);
      fprintf(stderr, "\n");
      exit(1);
    }
    count = 0;
    if (!word) break;
  }
  printf("%lld\n", (long long)(now_ns() - start));
}

int main(void) {
  char *line = NULL;
  size_t size = 0;
  jobs = calloc(jobs_max, sizeof *jobs);
  host_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  while (getline(&line, &size, stdin) > 0) {
    if (strncmp(line, "net ", 4) == 0) {
      struct job job;
      parse_job(&job, line + 4);
      printf("%lld\n", (long long)run_job(&job));
      free_job(&job);
    } else if (strncmp(line, "job ", 4) == 0) {
      if (job_count == jobs_max) fail("too many jobs");
      parse_job(&jobs[job_count++], line + 4);
      printf("0\n");
    } else if (strncmp(line, "burst ", 6) == 0) {
      burst(atoi(line + 6));
    } else if (strncmp(line, "run ", 4) == 0) {
      run_programs(line + 4);
    } else {
      errno = EINVAL;
      fail(line);
    }
    fflush(stdout);
  }
  return 0;
}

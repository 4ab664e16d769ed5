/*
 * Unix datagrams, with descriptors in them: what Node's sockets cannot do.
 *
 * Every call returns at once. Between processes of one machine a datagram is queued at the receiver before sendmsg(2)
 * returns, so whoever was told by other means that one was sent finds it.
 *
 * Descriptors sent stay open here: they belong to the caller. Descriptors received are the caller's, close-on-exec.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <node_api.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FDS_MAX = 16, BYTES_MAX = 64 << 10 };

static napi_value fail(napi_env env, const char *attempted, int error) {
  char code[16];
  char text[160];
  snprintf(code, sizeof code, "%d", error);
  snprintf(text, sizeof text, "%s: %s", attempted, strerror(error));
  napi_throw_error(env, code, text);
  return NULL;
}

/* An address as systemd writes it: '@' at the start stands for the NUL of the abstract namespace. */
static bool read_address(napi_env env, napi_value value, struct sockaddr_un *address, socklen_t *length) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  char path[sizeof address->sun_path + 1];
  size_t used = 0;
  if (napi_get_value_string_utf8(env, value, path, sizeof path, &used) != napi_ok) return false;
  if (used == 0 || used >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(address->sun_path, path, used);
  bool abstract = path[0] == '@';
  if (abstract) address->sun_path[0] = '\0';
  *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + used + (abstract ? 0 : 1));
  return true;
}

/* bind(path) -> fd */
static napi_value bind_socket(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  struct sockaddr_un address;
  socklen_t length;
  if (!read_address(env, argument, &address, &length)) return fail(env, "socket path", errno ? errno : EINVAL);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(env, "socket", errno);
  if (bind(fd, (struct sockaddr *)&address, length) < 0) {
    int error = errno;
    close(fd);
    return fail(env, "bind", error);
  }
  napi_value result;
  napi_create_int32(env, fd, &result);
  return result;
}

/* send(path, bytes, fds) */
static napi_value send_datagram(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  struct sockaddr_un address;
  socklen_t length;
  if (!read_address(env, arguments[0], &address, &length)) return fail(env, "socket path", errno ? errno : EINVAL);
  void *data = NULL;
  size_t bytes = 0;
  if (napi_get_buffer_info(env, arguments[1], &data, &bytes) != napi_ok || bytes > BYTES_MAX)
    return fail(env, "datagram", EMSGSIZE);
  uint32_t fd_count = 0;
  if (napi_get_array_length(env, arguments[2], &fd_count) != napi_ok || fd_count > FDS_MAX)
    return fail(env, "descriptors", EINVAL);
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {.iov_base = data, .iov_len = bytes};
  struct msghdr message = {.msg_name = &address, .msg_namelen = length, .msg_iov = &part, .msg_iovlen = 1};
  if (fd_count > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
    for (uint32_t at = 0; at < fd_count; at++) {
      napi_value element;
      int32_t fd = -1;
      napi_get_element(env, arguments[2], at, &element);
      napi_get_value_int32(env, element, &fd);
      memcpy(CMSG_DATA(header) + sizeof(int) * at, &fd, sizeof fd);
    }
  }
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(env, "socket", errno);
  ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  int error = errno;
  close(fd);
  if (sent < 0) return fail(env, "sendmsg", error);
  return NULL;
}

/* receive(fd) -> {bytes, fds} or undefined when nothing is queued */
static napi_value receive_datagram(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  int32_t fd = -1;
  napi_get_value_int32(env, argument, &fd);
  char *space = malloc(BYTES_MAX);
  if (!space) return fail(env, "memory", ENOMEM);
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
  } control;
  struct iovec part = {.iov_base = space, .iov_len = BYTES_MAX};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t received = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  int error = errno;
  if (received < 0) {
    free(space);
    return error == EAGAIN ? NULL : fail(env, "recvmsg", error);
  }
  napi_value result, bytes, fds;
  napi_create_object(env, &result);
  napi_create_buffer_copy(env, (size_t)received, space, NULL, &bytes);
  free(space);
  napi_create_array(env, &fds);
  uint32_t next = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t fd_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t at = 0; at < fd_count; at++) {
      int received_fd;
      memcpy(&received_fd, CMSG_DATA(header) + sizeof(int) * at, sizeof received_fd);
      napi_value element;
      napi_create_int32(env, received_fd, &element);
      napi_set_element(env, fds, next++, element);
    }
  }
  napi_set_named_property(env, result, "bytes", bytes);
  napi_set_named_property(env, result, "fds", fds);
  return result;
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback call;
  } functions[] = {{"bind", bind_socket}, {"send", send_datagram}, {"receive", receive_datagram}};
  for (size_t at = 0; at < sizeof functions / sizeof *functions; at++) {
    napi_value function;
    napi_create_function(env, functions[at].name, NAPI_AUTO_LENGTH, functions[at].call, NULL, &function);
    napi_set_named_property(env, exports, functions[at].name, function);
  }
  return exports;
}

"""Sends, answers and counts packets in the network namespace it was started in; commands come as JSON lines."""

import ctypes
import json
import os
import socket
import struct
import sys
import threading
import time

PORT = 7777
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PROBE_DO = 10, 23, 2
ETH_P_ALL = 3


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def whole(sock, address):
    """What does not fit in one packet is refused rather than cut."""
    if ":" in address:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PROBE_DO)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PROBE_DO)


def answer(address, word):
    """Answers each UDP packet with one of the same size that begins with `word`; each TCP request with that many bytes."""
    udp = socket.socket(family(address), socket.SOCK_DGRAM)
    whole(udp, address)
    udp.bind((address, PORT))

    def serve_udp():
        while True:
            data, peer = udp.recvfrom(65536)
            try:
                udp.sendto(word.encode().ljust(len(data), b"\0"), peer)
            except OSError:
                pass

    tcp = socket.socket(family(address), socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((address, PORT))
    tcp.listen(16)

    def serve_tcp():
        while True:
            sock, _ = tcp.accept()
            with sock:
                (wanted,) = struct.unpack("!I", sock.recv(4, socket.MSG_WAITALL))
                sock.sendall(b"x" * wanted)

    for work in (serve_udp, serve_tcp):
        threading.Thread(target=work, daemon=True).start()


def ask(address, tries, size):
    """The word that answers; None after `tries` tenths of a second; 'too large' when the packet is refused here."""
    with socket.socket(family(address), socket.SOCK_DGRAM) as sock:
        whole(sock, address)
        sock.settimeout(0.1)
        for _ in range(tries):
            begun = time.monotonic()
            try:
                sock.sendto(b"?" * size, (address, PORT))
                data = sock.recv(65536)
                if len(data) == size:
                    return data.rstrip(b"\0").decode()
            except TimeoutError:
                pass
            except OSError as error:
                if error.errno == 90:
                    return "too large"
                time.sleep(max(0, 0.1 - (time.monotonic() - begun)))
    return None


def fetch(address, size):
    """How many of `size` bytes came over TCP."""
    with socket.create_connection((address, PORT), timeout=5) as sock:
        sock.sendall(struct.pack("!I", size))
        got = 0
        while part := sock.recv(65536):
            got += len(part)
        return got


def vxlan(vni, source_mac, target_mac, source, target, mark):
    """A VXLAN frame that holds one UDP packet with `mark` in it."""
    data = mark.encode()
    udp = struct.pack("!HHHH", 4000, PORT, 8 + len(data), 0) + data
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, *map(socket.inet_aton, (source, target)))
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    header = header[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + header[12:]
    mac = lambda text: bytes.fromhex(text.replace(":", ""))
    frame = mac(target_mac) + mac(source_mac) + b"\x08\x00" + header + udp
    return struct.pack("!BxxxI", 8, vni << 8) + frame


def inject(address, port, count, frame, vnis=None):
    """Sends `count` VXLAN frames to a tunnel's port; with `vnis` each in turn."""
    frames = [vxlan(vni, *frame[1:]) for vni in vnis or [frame[0]]]
    with socket.socket(family(address), socket.SOCK_DGRAM) as sock:
        for n in range(count):
            sock.sendto(frames[n % len(frames)], (address, port))
            if n % 50 == 49:
                time.sleep(0.002)  # what overruns a queue would prove nothing
    return count


def inject_disguised(address, port, count, frame, length):
    """In fragments, the first of which shows `length` bytes of a VXLAN header with VNI 1."""
    return inject_fragments(address, port, count, frame, struct.pack("!BxxxI", 8, 1 << 8)[:length])


def inject_fragments(address, port, count, frame, shown=b""):
    """The same in fragments, the first too short to show its VNI; it ends with `shown`, which the second overwrites."""
    data = vxlan(*frame)
    first = struct.pack("!HHHH", 4000, port, 8 + len(data), 0)
    if ":" in address:
        # A UDP checksum of 0 is refused over IPv6, so fill it in
        own = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        own.connect((address, port))
        ends = socket.inet_pton(socket.AF_INET6, own.getsockname()[0]) + socket.inet_pton(socket.AF_INET6, address)
        text = ends + struct.pack("!IxxxB", 8 + len(data), 17) + first + data
        text += b"\0" * (len(text) % 2)
        total = sum(struct.unpack(f"!{len(text) // 2}H", text))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        first = first[:6] + struct.pack("!H", (~total & 0xFFFF) or 0xFFFF)
        raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
        ip = lambda payload: struct.pack("!IHBB", 6 << 28, len(payload), 44, 64) + ends + payload
        for n in range(count):
            raw.sendto(ip(struct.pack("!BxHI", 17, 1, n) + first + shown), (address, 0))
            raw.sendto(ip(struct.pack("!BxHI", 17, 8, n) + data), (address, 0))
        return count
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for n in range(count):
        for offset, more, payload in ((0, 0x2000, first + shown), (1, 0, data)):
            flags = more | offset
            header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, n + 1, flags, 64, 17, 0, b"\0" * 4, socket.inet_aton(address))
            raw.sendto(header + payload, (address, 0))
    return count


counting = {}


def count(link, mark):
    """Begins to count the packets that come in on `link` and hold `mark`."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
    sock.bind((link, 0))
    counting[link] = 0

    def run():
        while True:
            data, (_, _, kind, *_) = sock.recvfrom(65536)
            if kind != socket.PACKET_OUTGOING and mark.encode() in data:
                counting[link] += 1

    threading.Thread(target=run, daemon=True).start()


def counted(link):
    return counting[link]


def tcx_drop(link, length):
    """Attaches a BPF program (tcx) to the link's ingress that drops IPv4 packets of that total length."""
    libc = ctypes.CDLL(None, use_errno=True)

    def bpf(command, attributes):
        held = ctypes.create_string_buffer(attributes, 128)
        got = libc.syscall({"x86_64": 321, "aarch64": 280}[os.uname().machine], command, held, 128)
        if got < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return got

    step = lambda op, target, source, jump, value: struct.pack("<BBhi", op, source << 4 | target, jump, value)
    program = b"".join(
        [
            step(0xBF, 6, 1, 0, 0),  # r6 = the packet, as the next one wants it
            step(0x28, 0, 0, 0, 16),  # r0 = u16 at 16: Ethernet 14, then 2 into IPv4
            step(0x15, 0, 0, 2, length),  # if r0 == length skip 2
            step(0xB7, 0, 0, 0, -1),  # TCX_NEXT
            step(0x95, 0, 0, 0, 0),
            step(0xB7, 0, 0, 0, 2),  # TCX_DROP
            step(0x95, 0, 0, 0, 0),
        ]
    )
    code, licence = ctypes.create_string_buffer(program), ctypes.create_string_buffer(b"GPL")
    load = struct.pack("<IIQQ", 3, len(program) // 8, ctypes.addressof(code), ctypes.addressof(licence))
    loaded = bpf(5, load)  # BPF_PROG_LOAD of BPF_PROG_TYPE_SCHED_CLS
    bpf(28, struct.pack("<IIII", loaded, socket.if_nametoindex(link), 46, 0))  # BPF_LINK_CREATE, BPF_TCX_INGRESS


commands = {
    each.__name__: each for each in (answer, ask, fetch, inject, inject_disguised, inject_fragments, count, counted, tcx_drop)
}


def main():
    lock = threading.Lock()

    def perform(number, name, arguments):
        try:
            reply = {"id": number, "value": commands[name](*arguments)}
        except Exception as error:  # the test decides what it means
            reply = {"id": number, "error": repr(error)}
        with lock:
            print(json.dumps(reply), flush=True)

    for line in sys.stdin:
        threading.Thread(target=perform, args=json.loads(line), daemon=True).start()


main()

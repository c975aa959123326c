import { expect, it } from 'vitest';
import { parseListeners } from '../../src/engine/facts/listeners.js';
import { processes, programs } from '../../src/engine/listening.js';

const ss = `tcp LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=53,fd=3))
tcp LISTEN 0      100        127.0.0.1:1883      0.0.0.0:*    users:(("mosquitto",pid=1104,fd=10))
tcp LISTEN 0      4096               *:8084            *:*    users:(("mosquitto",pid=1104,fd=9))
tcp LISTEN 0      511             [::]:80           [::]:*    users:(("nginx",pid=8,fd=7),("nginx",pid=7,fd=7))
tcp LISTEN 0      64           0.0.0.0:2049      0.0.0.0:*
udp UNCONN 0      0          127.0.0.1:323       0.0.0.0:*    users:(("chronyd",pid=9,fd=5))
`;

it('knows who listens where, in both families', () => {
  expect([...programs(parseListeners(ss))]).toEqual([
    [22, 'sshd'],
    [1883, 'mosquitto'],
    [8084, 'mosquitto'],
    [80, 'nginx'],
    [2049, ''],
  ]);
});

it('knows the processes, where the server names them', () => {
  expect([...processes(parseListeners(ss))]).toEqual([
    [22, 53],
    [1883, 1104],
    [8084, 1104],
    [80, 8],
  ]);
});

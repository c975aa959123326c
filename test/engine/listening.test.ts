import { expect, it } from 'vitest';
import { programs } from '../../src/engine/listening.js';

it('knows who listens where, in both families', () => {
  const ss = `LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=53,fd=3))        
LISTEN 0      100        127.0.0.1:1883      0.0.0.0:*    users:(("mosquitto",pid=1104,fd=10))
LISTEN 0      4096               *:8084            *:*    users:(("mosquitto",pid=1104,fd=9)) 
LISTEN 0      511             [::]:80           [::]:*    users:(("nginx",pid=8,fd=7),("nginx",pid=7,fd=7))
LISTEN 0      64           0.0.0.0:2049      0.0.0.0:*
`;
  expect([...programs(ss)]).toEqual([
    [22, 'sshd'],
    [1883, 'mosquitto'],
    [8084, 'mosquitto'],
    [80, 'nginx'],
    [2049, ''],
  ]);
});

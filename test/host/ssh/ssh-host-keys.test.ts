import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { KnownKey } from '../../../src/host/trust/host-key.js';
import { hostKeyPolicy } from '../../../src/session/host-key-policy.js';
import { failure, knows, open, server } from '../connected.js';
import type { TestServer } from '../server.js';

describe('host keys', () => {
  it('asks about an unknown one and goes by the answer', async () => {
    const box = await server();
    const shown: unknown[] = [];
    const ask = (answer: boolean) => (what: unknown) => {
      shown.push(what);
      return Promise.resolve(answer);
    };
    const known = (): Promise<KnownKey[]> => Promise.resolve([]);
    await open(box, { options: { hostKey: { known, ask: ask(true) } } });
    expect(shown).toEqual([{ host: 'box', type: 'ssh-ed25519', fingerprint: box.hostKeys[0]?.fingerprint }]);
    const before = box.attempts.length;
    expect(await failure(open(box, { options: { hostKey: { known, ask: ask(false) } } }))).toMatchObject({
      code: 'host-key-declined',
    });
    expect(box.attempts.length).toBe(before);
  });

  it('does not run the clock while a person thinks', async () => {
    const box = await server();
    const ask = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(true), 600));
    await open(box, { options: { timeoutMs: 300, hostKey: { known: () => Promise.resolve([]), ask } } });
  });

  describe('where the server closes the connection while a person thinks', () => {
    const known = (): Promise<KnownKey[]> => Promise.resolve([]);
    /** Answers after the connection is gone; each answer is remembered, as by the policy of a run. */
    const late = (box: TestServer, answer: boolean) => {
      const shown: string[] = [];
      const said: string[] = [];
      const { ask } = hostKeyPolicy(
        {
          hostKey: undefined,
          askHostKey: async ({ fingerprint }) => {
            shown.push(fingerprint);
            box.drop();
            await sleep(100);
            return answer;
          },
        },
        known,
      );
      const patience = { say: (text: string) => said.push(text) };
      return { shown, said, options: { patience, hostKey: { known, ...(ask ? { ask } : {}) } } };
    };

    it('a late no is the same refusal, and nothing is tried again', async () => {
      const box = await server();
      const { options, shown, said } = late(box, false);
      expect(await failure(open(box, { options }))).toMatchObject({ code: 'host-key-declined' });
      expect([shown.length, box.connections, said]).toEqual([1, 1, []]);
    });

    it('a late yes connects again at once, without the same question', async () => {
      const box = await server();
      const { options, shown, said } = late(box, true);
      const host = await open(box, { options });
      expect(host.hostKey.fingerprint).toBe(shown[0]);
      expect([shown.length, box.connections, said]).toEqual([1, 2, []]);
    });

    it('says nothing while the question is open', async () => {
      const box = await server();
      const said: string[] = [];
      let isOpen = false;
      const ask = async (): Promise<boolean> => {
        isOpen = true;
        box.drop();
        await sleep(1500);
        isOpen = false;
        return false;
      };
      const say = (text: string): void => void (isOpen && said.push(text));
      await failure(open(box, { options: { patience: { say }, hostKey: { known, ask } } }));
      expect([said, box.connections]).toEqual([[], 1]);
    });
  });

  it('wants --host-key where nobody can be asked', async () => {
    const box = await server();
    const known = (): Promise<KnownKey[]> => Promise.resolve([]);
    const error = await failure(open(box, { options: { hostKey: { known } } }));
    expect(error).toMatchObject({ code: 'host-key-unknown' });
    const fingerprint = /--host-key (SHA256:\S+)/.exec(error.hint ?? '')?.[1] ?? '';
    await open(box, { options: { hostKey: { known, expected: fingerprint } } });
    expect(
      await failure(open(box, { options: { hostKey: { known, expected: 'SHA256:AAAA' } } })),
    ).toMatchObject({ code: 'host-key-unexpected' });
  });

  it('case 8: stops at a changed key without asking, before anything is sent', async () => {
    const box = await server();
    const other = await server();
    const ask = (): Promise<boolean> => Promise.reject(new Error('must not ask'));
    const error = await failure(open(box, { options: { hostKey: { ...knows(other), ask } } }));
    expect(error).toMatchObject({ code: 'host-key-changed' });
    expect(error.hint).toContain(`ssh-keygen -R "[127.0.0.1]:${box.port}"`);
    expect(box.attempts).toEqual([]);
  });

  it('case 8: prefers the type of key that is known', async () => {
    const box = await server({ hostKeys: ['ed25519', 'ecdsa'] });
    const ecdsa = box.hostKeys.filter((key) => key.type.startsWith('ecdsa'));
    const host = await open(box, { options: { hostKey: { known: () => Promise.resolve(ecdsa) } } });
    expect(host.hostKey.type).toBe('ecdsa-sha2-nistp256');
  });

  it('case 249: only the key that a login has met in its key exchange is told to be kept', async () => {
    const box = await server({ hostKeys: ['ed25519', 'ecdsa'] });
    const met: string[] = [];
    const policy = (key: KnownKey | undefined) => ({
      known: () => Promise.resolve(key ? [key] : []),
      ask: () => Promise.resolve(true),
      met: (_: unknown, { fingerprint }: { fingerprint: string }) => {
        met.push(fingerprint);
        return Promise.resolve();
      },
    });
    const ecdsa = box.hostKeys.find((key) => key.type.startsWith('ecdsa'));
    await open(box, { options: { hostKey: policy(ecdsa) } });
    expect(met).toEqual([ecdsa?.fingerprint]);
  });
});

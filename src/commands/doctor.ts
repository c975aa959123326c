import type { ProofResult } from '../engine/events.js';
import { isHealthy } from '../engine/healthy.js';
import { attempts, canBeTried } from '../engine/prove.js';
import { EXIT } from '../errors.js';
import { doctorReport } from '../ui/doctor-report.js';
import { doctorJson } from '../ui/result-json.js';
import type { CommonFlags } from './flags.js';
import { makeSecrets, openSession, sessionFlags } from './session.js';
import { knownSettings } from './settings.js';

/** All checks and all proofs, nothing changed. Exit code 0 only where everything was checked and holds. */
export async function doctor(
  server: string | undefined,
  flags: CommonFlags,
  signal = new AbortController().signal,
): Promise<number> {
  const settings = await knownSettings(server, flags);
  const secrets = await makeSecrets(settings, false);
  const session = await openSession({
    settings,
    secrets,
    ...sessionFlags(flags),
    signal,
  });
  try {
    const proofs: ProofResult[] = [];
    const { context, looks, outside } = session;
    const possible = looks
      .flatMap(({ step }) => step.proofs(context).map((proof) => ({ step, proof })))
      .filter(({ proof }) => canBeTried(proof, outside))
      .filter(({ proof }, index, all) => all.findIndex((other) => other.proof.id === proof.id) === index);
    const outcome = attempts(
      possible.map(({ proof }) => proof),
      outside,
    );
    for (const { step, proof } of possible) {
      const proved = await outcome(proof);
      proofs.push({ type: 'proof', step: step.id, id: proof.id, title: proof.title, proved });
    }
    process.stdout.write(
      flags.json ? doctorJson(settings, looks, proofs) : doctorReport(settings, context, looks, proofs),
    );
    return isHealthy(looks, proofs) ? EXIT.ok : EXIT.failed;
  } finally {
    await session.close();
  }
}

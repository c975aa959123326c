import { answers } from '../../engine/answers.js';
import { together } from '../../engine/facts.js';
import type { Probed } from '../../engine/probe.js';
import { keepSshUp } from '../../engine/ssh-up.js';
import { definePart, type Finding } from '../../engine/step.js';
import { ownersToo } from '../../server-path.js';
import { sh } from '../../sh.js';
import { lastWords } from './activate.js';
import { MOSQUITTO } from './facts.js';
import { LOG, type Log, logFindings, parseLog } from './log.js';
import { parseSandbox, SANDBOX, type Sandbox, sandboxFindings, tellContainer } from './sandbox.js';

interface State {
  installed: boolean;
  /** What systemd says of the unit: enabled, disabled, masked; empty where there is none. */
  unitFile: string;
  /** active, inactive, failed, activating. */
  active: string;
  /** Our configuration is there: whether it runs with it is looked at where that can be mended (conf-edits). */
  configured: boolean;
  sandbox: Sandbox;
  log: Log;
}

/** The package is there, and its service is started with the server. */
export const install = definePart<State>({
  needs: () => together([SANDBOX, LOG]),
  probe: () => sh`dpkg-query -W -f 'Status=\${db:Status-Status}\\n' ${MOSQUITTO.package}
${tellContainer}`,
  parse,
  check: ({ installed, unitFile, active, configured, sandbox, log }, { now }): Finding[] => {
    const findings: Finding[] = [];
    if (!installed) {
      findings.push({
        id: 'broker-install.package',
        level: 'change',
        summary: "Install Mosquitto from the distribution's archive",
        change: {
          kind: 'run',
          undo: { stays: 'Mosquitto stays installed.' },
          script: sh`env ${ownersToo} DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -y -o DPkg::Lock::Timeout=600 install ${MOSQUITTO.package}
${keepSshUp}`,
        },
      });
    }
    if (unitFile !== 'enabled' || (active !== 'active' && !configured))
      findings.push(running(unitFile, configured));
    return [...findings, ...sandboxFindings(sandbox), ...logFindings(log, now)];
  },
});

function parse(output: Probed): State {
  const { enabled, active } = output.facts.unit(MOSQUITTO.unit);
  return {
    installed: answers(output.stdout).get('Status') === 'installed',
    unitFile: enabled,
    active,
    configured: output.facts.file(MOSQUITTO.ours) !== undefined,
    sandbox: parseSandbox(output),
    log: parseLog(output),
  };
}

/** A broker that crashed too often stays refused until the count is forgotten. */
const START = sh`systemctl reset-failed ${MOSQUITTO.unit} 2>/dev/null || true
systemctl enable --now ${MOSQUITTO.unit} 2>/dev/null || {
  echo 'broker-setup: Mosquitto does not start.' >&2
  echo 'broker-setup: Its own words are below; if they name a line of a file of yours, correct that line.' >&2
  ${lastWords}
  exit 1
}`;

function running(unitFile: string, configured: boolean): Finding {
  const id = 'broker-install.service';
  if (unitFile === 'masked') {
    return {
      id,
      level: 'stop',
      summary: 'Somebody has forbidden systemd to start Mosquitto (the unit is masked).',
      hint: `If that was not meant, allow it on the server with: sudo systemctl unmask ${MOSQUITTO.unit}`,
    };
  }
  return {
    id,
    level: 'change',
    // Once it is configured it may need a file mended before it can start, which conf-edits does.
    summary: configured
      ? 'Start Mosquitto at every start of the server'
      : 'Start Mosquitto, now and at every start of the server',
    change: {
      kind: 'run',
      undo: 'nothing',
      script: configured ? sh`systemctl enable ${MOSQUITTO.unit} 2>&1` : START,
    },
  };
}

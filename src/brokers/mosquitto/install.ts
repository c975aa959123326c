import { answers } from '../../engine/answers.js';
import type { Probed } from '../../engine/probe.js';
import { definePart, type Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import { lastWords } from './activate.js';
import { MOSQUITTO } from './facts.js';
import { type Sandbox, sandboxFindings, tellSandbox, toldSandbox } from './sandbox.js';

interface State {
  installed: boolean;
  /** What systemd says of the unit: enabled, disabled, masked; empty where there is none. */
  unitFile: string;
  /** active, inactive, failed, activating. */
  active: string;
  sandbox: Sandbox;
}

/** The package is there, and its service runs now and after a restart of the server. */
export const install = definePart<State>({
  probe: () => sh`dpkg-query -W -f 'Status=\${db:Status-Status}\\n' ${MOSQUITTO.package}
systemctl show -p ActiveState,UnitFileState ${MOSQUITTO.unit}
${tellSandbox}`,
  parse,
  check: ({ installed, unitFile, active, sandbox }): Finding[] => {
    const findings: Finding[] = [];
    if (!installed) {
      findings.push({
        id: 'broker-install.package',
        level: 'change',
        summary: "Install Mosquitto from the distribution's archive",
        change: {
          kind: 'run',
          undo: { stays: 'Mosquitto stays installed.' },
          script: sh`env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -y -o DPkg::Lock::Timeout=600 install ${MOSQUITTO.package}`,
        },
      });
    }
    if (unitFile !== 'enabled' || active !== 'active') findings.push(running(unitFile));
    return [...findings, ...sandboxFindings(sandbox)];
  },
});

function parse(output: Probed): State {
  const told = answers(output.stdout);
  return {
    installed: told.get('Status') === 'installed',
    unitFile: told.get('UnitFileState') ?? '',
    active: told.get('ActiveState') ?? '',
    sandbox: toldSandbox(told),
  };
}

function running(unitFile: string): Finding {
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
    summary: 'Start Mosquitto, now and at every start of the server',
    change: {
      kind: 'run',
      undo: 'nothing',
      // A broker that crashed too often stays refused until the count is forgotten.
      script: sh`systemctl reset-failed ${MOSQUITTO.unit} 2>/dev/null || true
systemctl enable --now ${MOSQUITTO.unit} 2>/dev/null || {
  echo 'broker-setup: Mosquitto does not start.' >&2
  echo 'broker-setup: Its own words are below; if they name a line of a file of yours, correct that line.' >&2
  ${lastWords}
  exit 1
}`,
    },
  };
}

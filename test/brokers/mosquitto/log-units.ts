import { MOSQUITTO } from '../../../src/brokers/mosquitto/facts.js';
import { LOG_FILES, LOG_UNITS, logService, logTimer } from '../../../src/brokers/mosquitto/log-units.js';
import { withFile, withUnit } from '../../facts.js';

/** The recording of a server on which the log is kept small. */
export function withLogKeptSmall(recording: string): string {
  let output = withFile(recording, LOG_FILES.service, { content: logService(MOSQUITTO.log, MOSQUITTO.user) });
  output = withFile(output, LOG_FILES.timer, { content: logTimer });
  output = withUnit(output, LOG_UNITS.service, {
    LoadState: 'loaded',
    ActiveState: 'inactive',
    ExecStart: `{ path=/bin/sh ; argv[]=/bin/sh -c something sh ${MOSQUITTO.log} ; ignore_errors=no }`,
  });
  return withUnit(output, LOG_UNITS.timer, {
    LoadState: 'loaded',
    ActiveState: 'active',
    UnitFileState: 'enabled',
    Unit: LOG_UNITS.service,
    TimersMonotonic: '{ OnUnitActiveUSec=5min ; next_elapse=0 }',
    NextElapseUSecMonotonic: '8h 42min 36.058601s',
  });
}

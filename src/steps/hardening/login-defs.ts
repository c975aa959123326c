import { addedLine, inTurn, replacedLine } from './lines.js';

const STRICT = 'UMASK\t\t027';

/**
 * What useradd, login and pam_umask(8) take for new files: nothing for others. Debian 12 and Ubuntu ship the line with 022,
 * Debian 13 ships none, which means the same. pam_umask takes the first line, so there must be one only.
 */
export const umaskLine = inTurn([replacedLine('UMASK\t\t022', STRICT), addedLine(/^[ \t]*UMASK\s/m, STRICT)]);

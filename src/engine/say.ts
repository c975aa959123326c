/** Lines that a script prints for the person begin so: the first says what happened, the others what to do. The rest is detail. */
export const SAY = 'broker-setup: ';

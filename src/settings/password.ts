/** A password that is set on the server has at least so many characters: with it, whoever gets in as the user rules the server. */
export const SHORTEST_PASSWORD = 12;

/** Pure. Whether a password that a person has chosen may be set on the server. */
export const isLongEnough = (password: string): boolean => [...password].length >= SHORTEST_PASSWORD;

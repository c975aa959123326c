/** First line of each file of the step hardening. */
export const HEAD = '# Laid down by broker-setup; docs/hardening.md says why.\n';

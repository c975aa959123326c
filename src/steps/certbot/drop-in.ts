/** Drop-in of certbot.service, systemd.exec(5): renewals trust the same private certificate authority as the first issue. */
export function certbotDropIn(caFile: string): string {
  return `# Laid down by broker-setup: the certificate authority is a private one.
[Service]
Environment=REQUESTS_CA_BUNDLE=${caFile}
`;
}

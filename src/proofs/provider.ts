/**
 * Where each provider keeps the firewall that stands in front of its servers, and how such a server is recognised: the
 * words that its maker left in its firmware, as cloud-init knows them (tools/ds-identify and its data sources).
 */
const CONSOLES: readonly (readonly [mark: RegExp, page: string])[] = [
  [/Amazon EC2/, 'AWS: EC2, Security Groups, Inbound rules'],
  [
    /OracleCloud\.com/,
    'Oracle Cloud: Networking, the subnet’s Security Lists and the instance’s Network Security Groups',
  ],
  [/Hetzner/, 'Hetzner: Cloud Console, Firewalls; for a dedicated server: Robot, Firewall'],
  [/DigitalOcean/, 'DigitalOcean: Networking, Firewalls'],
  [/Google/, 'Google Cloud: VPC network, Firewall'],
  // Azure's own mark; of all machines of Hyper-V the maker is the same.
  [/7783-7084-3265-9085-8269-3286-77/, 'Azure: the machine’s Networking, inbound port rules'],
  [/Vultr/, 'Vultr: Network, Firewall'],
  [/Akamai|Linode/, 'Akamai (Linode): Firewalls'],
  [/Scaleway/, 'Scaleway: Instances, Security groups'],
  [/UpCloud/, 'UpCloud: the server’s Firewall'],
  [/Exoscale/, 'Exoscale: Compute, Security groups'],
  [/Alibaba Cloud/, 'Alibaba Cloud: ECS, Security Groups'],
];

/** Pure. Where to open a port in the provider's console. @param firmware what the server's firmware says of its maker */
export function consolePage(firmware = ''): string {
  return CONSOLES.find(([mark]) => mark.test(firmware))?.[1] ?? 'security group, cloud firewall';
}

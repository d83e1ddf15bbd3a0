import { BlockList, isIP, SocketAddress } from 'node:net';

export type Address = { readonly text: string; readonly family: 'ipv4' | 'ipv6' };

/** An IP address as peers and proxies write it: with a port, in brackets, with an IPv6 scope, IPv4 mapped into IPv6. */
export function parseAddress(written: string): Address | undefined {
  const text = withoutPort(written.trim()).replace(/%.*$/, '');
  const version = isIP(text);
  if (version === 4) return { text, family: 'ipv4' };
  if (version !== 6) return undefined;
  // `SocketAddress` writes every spelling of one address the same way.
  const plain = new SocketAddress({ address: text, family: 'ipv6' }).address;
  const mapped = /^::ffff:(?<ipv4>\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.groups?.['ipv4'];
  return mapped === undefined ? { text: plain, family: 'ipv6' } : { text: mapped, family: 'ipv4' };
}

function withoutPort(text: string): string {
  const groups = /^(?:\[(?<ipv6>[^\]]+)\](?::\d+)?|(?<ipv4>[\d.]+):\d+)$/.exec(text)?.groups;
  return groups?.['ipv6'] ?? groups?.['ipv4'] ?? text;
}

/** The addresses in some CIDR ranges; a plain address is a range of one. */
export function addressRange(cidrs: readonly string[]): (address: Address) => boolean {
  // A list each: one `BlockList` would find every IPv4 address in `::/0`.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    lists[family].addSubnet(network, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return (address) => lists[address.family].check(address.text, address.family);
}

/** Addresses that no webhook reaches unless a range allows them, and most of them not even then. */
export const INNER_ADDRESSES = [
  ["this machine", "127.0.0.1"],
  ["this machine by another of its addresses", "127.8.8.8"],
  ["a private network of class A", "10.0.0.1"],
  ["a private network of class B", "172.16.0.1"],
  ["a private network of class C", "192.168.1.1"],
  ["a carrier's network (CGNAT)", "100.64.0.1"],
  ["this machine in IPv6", "::1"],
  ["a unique local address", "fd12:3456:789a::1"],
] as const;

export const NEVER_REACHED = [
  ["the unspecified address", "0.0.0.0"],
  ["the network of the unspecified address", "0.1.2.3"],
  ["the metadata of most clouds, and link-local", "169.254.169.254"],
  ["the credentials of a container (ECS)", "169.254.170.2"],
  ["the metadata of Alibaba Cloud", "100.100.100.200"],
  ["the metadata of Oracle Cloud", "192.0.0.192"],
  ["documentation", "192.0.2.1"],
  ["the anycast address of 6to4", "192.88.99.1"],
  ["benchmarking", "198.18.0.1"],
  ["multicast", "224.0.0.1"],
  ["a reserved network", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["the unspecified address in IPv6", "::"],
  ["link-local in IPv6", "fe80::1"],
  ["site-local in IPv6", "fec0::1"],
  ["multicast in IPv6", "ff02::1"],
  ["the metadata of AWS in IPv6", "fd00:ec2::254"],
  ["this machine, mapped into IPv6", "::ffff:127.0.0.1"],
  ["metadata, mapped into IPv6 in hex", "::ffff:a9fe:a9fe"],
  ["a public address, mapped into IPv6", "::ffff:93.184.216.34"],
  ["this machine in the deprecated IPv4-compatible form", "::127.0.0.1"],
  ["a private address behind NAT64", "64:ff9b::a00:1"],
  ["a local-use prefix of NAT64", "64:ff9b:1::a00:1"],
  ["a private address in 6to4", "2002:a00:1::"],
  ["this machine in Teredo", "2001:0:53aa:64c:0:0:80ff:fffe"],
  ["documentation in IPv6", "2001:db8::1"],
  ["discard only", "100::1"],
] as const;

export const PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"] as const;

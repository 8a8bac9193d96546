/** Which addresses a probe may go to: its country's file comes over the network, so that it must not lead into the operator's own network. */
import { lookup as lookupAll } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * `PUBLIC`: only addresses of the internet. `PRIVATE`: those of private networks too, such as a VPN between countries. `ANY`: this machine too, for
 * development.
 */
export type AddressReach = 'PUBLIC' | 'PRIVATE' | 'ANY'

/** An address of the machine itself or of the link beside it, where cloud services give out credentials (169.254.169.254), or of no machine. */
const NEAR = createBlockList([
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'],
  ...['::/128', '::1/128', 'fe80::/10', 'ff00::/8'],
  // These stand for an IPv4 address that a router of this network chooses (RFC 6052, RFC 3056, RFC 4380).
  ...['64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32'],
])

/** Addresses that private networks use (RFC 1918, RFC 6598, RFC 2544, RFC 4193, and the old site-local ones). */
const PRIVATE = createBlockList([
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '192.0.0.0/24', '198.18.0.0/15'],
  ...['fc00::/7', 'fec0::/10'],
])

function createBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', bits] = range.split('/')
    list.addSubnet(net, Number(bits), net.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}

/** A host has an address that the probe may not go to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
  readonly code = 'ADDRESS_REFUSED'
}

/**
 * Whether a probe may go to an address.
 * @param address IPv4 or IPv6, without brackets.
 * @param own the addresses of this machine.
 */
export function isReachAllowed(address: string, reach: AddressReach, own = listOwnAddresses()): boolean {
  if (reach === 'ANY') return true
  const [bare = ''] = address.split('%', 1)
  const version = isIP(bare)
  if (version === 0) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  // An IPv4 address in IPv6 form (::ffff:127.0.0.1) is found in the ranges of IPv4.
  if (NEAR.check(bare, family) || own.check(bare, family)) return false
  return reach === 'PRIVATE' || !PRIVATE.check(bare, family)
}

/** The addresses of this machine's interfaces: at them listens what the operator runs. */
function listOwnAddresses(): BlockList {
  const list = new BlockList()
  for (const found of Object.values(networkInterfaces()).flatMap((each) => each ?? []))
    list.addAddress(found.address.split('%', 1)[0] ?? '', found.family === 'IPv6' ? 'ipv6' : 'ipv4')
  return list
}

/**
 * Finds the addresses of a host.
 * @param host a name or an address.
 * @throws {AddressRefused} if the probe may not go to one of them.
 */
export async function findAddresses(host: string, reach: AddressReach): Promise<readonly string[]> {
  const addresses = (await lookupAll(host, { all: true })).map(({ address }) => address)
  requireAllowed(host, addresses, reach)
  return addresses
}

/** Creates the lookup of a connection: the answer of the DNS is checked again when the connection is opened, because it may have changed. */
export function createGuardedLookup(reach: AddressReach): LookupFunction {
  return (host, options, callback) => {
    lookupAll(host, { ...options, all: true }).then(
      (found) => {
        try {
          requireAllowed(
            host,
            found.map(({ address }) => address),
            reach,
          )
        } catch (error) {
          callback(error as Error, '')
          return
        }
        const [first] = found
        if (options.all === true) callback(null, found)
        else callback(null, first?.address ?? '', first?.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
}

function requireAllowed(host: string, addresses: readonly string[], reach: AddressReach): void {
  const own = listOwnAddresses()
  const refused = addresses.find((address) => !isReachAllowed(address, reach, own))
  if (refused !== undefined) throw new AddressRefused(`${host} has the address ${refused}`)
}

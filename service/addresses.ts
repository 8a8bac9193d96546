/** Rules for the addresses that settings may name. */

/**
 * Returns whether a key set may be read from this location: a file, an https URL, or an http URL of this machine. A person who can change
 * a key set in transit can pretend to be anybody, so plain HTTP is allowed only if the key set does not leave this machine.
 */
export function isSafeKeySetLocation(location: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return true
  const url = URL.parse(location)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname))
}

/** Returns whether a host, bare or as in a URL, is an address of this machine (RFC 6761 section 6.3 for `localhost`). */
export function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** Returns whether a URL leads to another machine over plain HTTP. Everybody on the way can read what goes there, and change it. */
export function isPlainHttpElsewhere(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === 'http:' && !isThisMachine(url.hostname)
}

/** Returns whether a URL leads to another machine over TLS. */
export function isHttpsElsewhere(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === 'https:' && !isThisMachine(url.hostname)
}

/**
 * Returns whether a URL has a name that nobody can own (RFC 2606 section 2, RFC 6761) or is an address of this machine: the name of
 * something for development, because it cannot be told from anybody else's of the same name.
 */
export function isDevelopmentName(address: string): boolean {
  const host = URL.parse(address)?.hostname.replace(/\.$/, '')
  if (host === undefined) return false
  return isThisMachine(host) || /(^|\.)(example|test|invalid|localhost|example\.(com|net|org))$/.test(host)
}

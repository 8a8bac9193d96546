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

/** Returns whether the host name of a URL is an address of this machine (RFC 6761 section 6.3 for `localhost`). */
export function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

import { LRUCache } from 'lru-cache'

/** How many headers are remembered. The least recently used one is forgotten first. */
const MAX_HEADERS = 1_000

/** The longest header that is remembered, in characters. The header of a session has its key in it, and about 250 characters. */
const MAX_LENGTH = 1_024

/**
 * Makes a function remember what it read of a JWT's header, by the header's text: all proofs and statements of a session have the same one. What a
 * header says depends on nothing but its text.
 * @param read returns a value that nobody changes. It throws for whatever is not strict base64url, and is asked again then.
 */
export function rememberHeader<Header extends object>(read: (part: string) => Header): (part: string) => Header {
  const headers = new LRUCache<string, Header>({ max: MAX_HEADERS })
  return (part) => {
    const known = headers.get(part)
    if (known !== undefined) return known
    const header = read(part)
    // A part of a text would keep the whole text in memory. One byte is enough for each character of base64url.
    if (part.length <= MAX_LENGTH) headers.set(Buffer.from(part, 'latin1').toString('latin1'), header)
    return header
  }
}

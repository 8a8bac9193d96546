import type { IncomingMessage } from 'node:http'

const NONE: readonly string[] = []

/**
 * Returns the values of a request header as they came, one for each header line: what `headersDistinct` has under the name. Node makes that object of
 * all headers of a request; this function reads only the one.
 * @param name in small letters.
 */
export function headerLines(
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  name: string,
): readonly string[] {
  if (headers[name] === undefined) return NONE
  const values: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at] ?? ''
    if (raw.length === name.length && (raw === name || raw.toLowerCase() === name))
      values.push(rawHeaders[at + 1] ?? '')
  }
  return values
}

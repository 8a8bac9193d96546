const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Creates a UUIDv7 (RFC 9562, section 5.7): 48 bits of time, followed by random bits. Ids of the same millisecond are in no
 * particular order.
 * @param now milliseconds since the epoch.
 */
export function createUuidV7(now: number): string {
  const time = now.toString(16).padStart(12, '0')
  // Behind its version, a UUIDv4 has what a UUIDv7 has: random bits and the same variant.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}

/** Returns the time in a UUIDv7, in milliseconds since the epoch. Undefined for another text. */
export function uuidV7Time(text: string): number | undefined {
  return FORM.test(text) ? Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16) : undefined
}

/** Checks whether a text is a UUIDv7 in lower case. */
export function isUuidV7(text: string): boolean {
  return FORM.test(text)
}

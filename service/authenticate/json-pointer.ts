/** Returns whether `text` is a JSON pointer (RFC 6901 section 3) to something inside a document. */
export function isJsonPointer(text: string): boolean {
  return /^(\/([^~/]|~[01])*)+$/.test(text)
}

/** Returns what a JSON pointer names in `document` (RFC 6901 section 4); undefined if nothing. Inherited members do not count. */
export function resolvePointer(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(member, document)
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

import names from './subdivisions.json' with { type: 'json' }

/** The first-level subdivisions of Central America by ISO 3166-2, with their names in Spanish. */
export const SUBDIVISIONS: Readonly<Record<string, string>> = names

/** Writes a subdivision with its name and its code; a code that has no name stays. */
export function writePlace(code: string): string {
  const name = SUBDIVISIONS[code]
  return name === undefined ? code : `${name} (${code})`
}

import { z } from 'zod'
import { readData } from '../data-file.ts'

const conduct = z.strictObject({
  iccs: z.string(),
  /** The name of the conduct in a country whose law the demo does not know. */
  label: z.string(),
  /** The usual maximum penalty in a country whose law the demo does not know, in months. */
  months: z.int(),
  /** How often cases are about it, relative to the others. */
  weight: z.int(),
  /** Typical of organised groups. */
  organised: z.boolean(),
  /** Has a person as its victim. */
  victim: z.boolean(),
})

/** The name of a kind of conduct. */
export type ConductKey = string

/** A kind of conduct that made-up cases are about. A country's law says under which article it punishes each (`laws.yaml`). */
export type Conduct = Readonly<z.infer<typeof conduct>> & { readonly key: ConductKey }

/** All kinds of conduct, in the order of the crime classification. */
export const CONDUCTS: readonly Conduct[] = Object.entries(
  readData(new URL('conducts.yaml', import.meta.url), z.record(z.string(), conduct)),
).map(([key, each]) => ({ key, ...each }))

/** All names. */
export const CONDUCT_KEYS: readonly ConductKey[] = CONDUCTS.map(({ key }) => key)

const BY_KEY: ReadonlyMap<string, Conduct> = new Map(CONDUCTS.map((each) => [each.key, each]))

/** Returns the conduct of this name. */
export function conductOf(key: ConductKey): Conduct {
  const found = BY_KEY.get(key)
  if (found === undefined) throw new TypeError(`expected the name of a conduct; came ${key}`)
  return found
}

/** The countries of the demo. Each is a file of `demo/countries/`, beside its settings as a participant in `countries/`. */
import { readdirSync } from 'node:fs'
import { z } from 'zod'
import { readData } from './data-file.ts'

/** How far a port is from the gateway's, so that a second demo needs only another `PORT`. */
const offset = z.int().min(1)

const place = z.strictObject({
  /** ISO 3166-2, by Debian's package iso-codes 4.18.0 (https://salsa.debian.org/iso-codes-team/iso-codes). */
  code: z.string(),
  /** A town in the subdivision: its seat, unless the file says otherwise. */
  town: z.string(),
  /** What the country's case numbers begin with there, or contain. */
  office: z.string(),
})

/** A first-level subdivision and a town in it. */
export type Place = z.output<typeof place>

const made = z.strictObject({
  name: z.string(),
  /** The bodies that record cases and persons, as `agency` of the records. */
  agencies: z.array(z.string()).min(1),
  /** The body that records cases about drugs. */
  drugAgency: z.string(),
  /** The authority that asks other countries for assistance. */
  authority: z.string(),
  /** Courts by the stage at which a case has one. The court of a town hears the made-up cases of that town. */
  courts: z.strictObject({ INSTANCE: z.string(), TRIAL: z.string(), APPEAL: z.string() }),
  /** Surnames that are frequent there, in addition to the common ones. */
  surnames: z.array(z.string()).min(1),
  /** The forms of addresses, all as frequent (generator/random.ts). */
  addresses: z.array(z.string()).min(1),
  caseNumber: z.string(),
  /** Without it, a national identity card has a number that no country issues. */
  nationalId: z.string().optional(),
  /** Without them, the records name no subdivision. */
  places: z.array(place).min(1).optional(),
})

/**
 * What is specific to one country in made-up records. Places, courts and authorities exist; everything that the records say about them is invented.
 * `{town}` and the like stand for what is filled in.
 */
export type MadeCountry = z.output<typeof made>

/** The stages at which a case has a court: first instance, trial, appeal. */
export type CourtStage = keyof MadeCountry['courts']

const country = z.strictObject({
  /** The port of its node. */
  port: offset,
  /** Its witness: one of its own, or the observer. A country believes a mandate that its own witness has seen. */
  witness: z.union([z.strictObject({ port: offset }), z.literal('observer')]).optional(),
  /** Its mandate authority, login provider and console, if it sends callers. The issuer is a name, not an address: it is the same in every demo. */
  authority: z
    .strictObject({ issuer: z.url(), timeZone: z.string(), port: offset, provider: offset, console: offset })
    .optional(),
  /** Whether all of its records are those of its publisher's file. Without the file it does not take part. */
  isFromFile: z.boolean().default(false),
  /** From what its records are made up, if they are. */
  made: made.optional(),
})

/** A country of the demo. */
export type DemoCountry = z.output<typeof country>

const FOLDER = new URL('countries/', import.meta.url)

/** The countries of the demo by code, in the order of the codes. */
export const COUNTRIES: ReadonlyMap<string, DemoCountry> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => [name.slice(0, -'.yaml'.length), readData(new URL(name, FOLDER), country)]),
)

/** The participants of the demo, in code order. */
export const DEMO_COUNTRIES: readonly string[] = [...COUNTRIES.keys()]

/** Those whose records are made up, in code order. */
export const MADE_COUNTRIES: readonly string[] = DEMO_COUNTRIES.filter((code) => COUNTRIES.get(code)?.made)

/** Those that have only the records of their publisher's file. Without the file they do not take part. */
export const FROM_FILE_ONLY: readonly string[] = DEMO_COUNTRIES.filter((code) => COUNTRIES.get(code)?.isFromFile)

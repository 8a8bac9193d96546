import { readdirSync } from 'node:fs'
import { z } from 'zod'
import { readData } from './home.ts'

/** The countries of the demo. Each is a file of `demo/countries/`, beside its settings as a participant in `countries/`. */

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

/**
 * The ports of the demo. The gateway's port is the base, and all others follow it, so that a second demo needs only another `PORT`.
 */

/** The base of the ports in the committed `countries/*.yaml`. */
export const COMMITTED_BASE_PORT = 4000

const OBSERVER = 'observer'
const OBSERVER_OFFSET = 10
const OVERSIGHT_OFFSET = 11
const OPERATOR_OFFSET = 17

/** The witnesses of the demo's audit logs: those of countries in code order, and the observer. */
export const WITNESS_NAMES: readonly string[] = [
  ...DEMO_COUNTRIES.filter((code) => typeof COUNTRIES.get(code)?.witness === 'object'),
  OBSERVER,
]

/** Returns the port of a country's node. @throws {TypeError} if the demo does not have the country. */
export function nodePort(base: number, country: string): number {
  const offset = COUNTRIES.get(country)?.port
  if (offset === undefined) throw new TypeError(`expected a country of the demo; came ${country}`)
  return base + offset
}

/** Returns the port of a country's login provider. @throws {TypeError} if the country sends no callers. */
export function issuerPort(base: number, country: string): number {
  return base + authorityIn(country).provider
}

/** Returns the port of a country's console, beside its mandate authority: a browser does not know the demo's certificates. @throws as {@link issuerPort}. */
export function consolePort(base: number, country: string): number {
  return base + authorityIn(country).console
}

/** Returns the port of a country's mandate authority. @throws as {@link issuerPort}. */
export function authorityPort(base: number, country: string): number {
  return base + authorityIn(country).port
}

function authorityIn(country: string): NonNullable<DemoCountry['authority']> {
  const authority = COUNTRIES.get(country)?.authority
  if (authority === undefined) throw new TypeError(`expected a country of the demo with an authority; came ${country}`)
  return authority
}

/** Returns the port of a witness. @throws {TypeError} if there is none of that name. */
export function witnessPort(base: number, name: string): number {
  const witness = name === OBSERVER ? { port: OBSERVER_OFFSET } : COUNTRIES.get(name)?.witness
  if (typeof witness !== 'object') throw new TypeError(`expected one of ${WITNESS_NAMES.join(', ')}; came ${name}`)
  return base + witness.port
}

/** Returns the port of the gateway's operator server, which runs if the demo has taken a country in. */
export function operatorPort(base: number): number {
  return base + OPERATOR_OFFSET
}

/** Returns the port of the auditors' GraphQL. */
export function oversightPort(base: number): number {
  return base + OVERSIGHT_OFFSET
}

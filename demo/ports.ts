/**
 * The ports of the demo. The gateway's port is the base, and all others follow it, so that a second demo needs only another `PORT`.
 */
import { COUNTRIES, DEMO_COUNTRIES, type DemoCountry } from './countries.ts'

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

/** Returns the port of a country's node, or undefined if the demo does not have the country. */
export function nodePort(base: number, country: string): number | undefined {
  const offset = COUNTRIES.get(country)?.port
  return offset === undefined ? undefined : base + offset
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

/**
 * The ports of the demo. The gateway's port is the base, and all others follow it, so that a second demo needs only another `PORT`.
 */

/** The base of the ports in the committed `countries/*.yaml`. */
export const COMMITTED_BASE_PORT = 4000

const NODE_OFFSETS: Readonly<Record<string, number>> = { GT: 1, HN: 2, PA: 3, SV: 4, UN: 5 }
const ISSUER_OFFSETS = { GT: 9, HN: 8 } as const
const AUTHORITY_OFFSETS = { GT: 13, HN: 14 } as const
const WITNESS_OFFSETS = { GT: 6, HN: 7, SV: 12, observer: 10 } as const
const CONSOLE_OFFSETS = { GT: 15, HN: 16 } as const
const OVERSIGHT_OFFSET = 11
const OPERATOR_OFFSET = 17

/** The witnesses of the demo's audit logs. */
export const WITNESS_NAMES = ['GT', 'HN', 'SV', 'observer'] as const satisfies readonly (keyof typeof WITNESS_OFFSETS)[]

/** The participants of the demo, in code order. */
export const DEMO_COUNTRIES: readonly string[] = Object.keys(NODE_OFFSETS)

/** Returns the port of a country's node, or undefined if the demo does not have the country. */
export function nodePort(base: number, country: string): number | undefined {
  const offset = Object.hasOwn(NODE_OFFSETS, country) ? NODE_OFFSETS[country] : undefined
  return offset === undefined ? undefined : base + offset
}

/** Returns the port of a country's login provider. */
export function issuerPort(base: number, country: keyof typeof ISSUER_OFFSETS): number {
  return base + ISSUER_OFFSETS[country]
}

/** Returns the port of a country's console, beside its mandate authority: a browser does not know the demo's certificates. */
export function consolePort(base: number, country: keyof typeof CONSOLE_OFFSETS): number {
  return base + CONSOLE_OFFSETS[country]
}

/** Returns the port of a country's mandate authority. */
export function authorityPort(base: number, country: keyof typeof AUTHORITY_OFFSETS): number {
  return base + AUTHORITY_OFFSETS[country]
}

/** Returns the port of a witness. */
export function witnessPort(base: number, name: (typeof WITNESS_NAMES)[number]): number {
  return base + WITNESS_OFFSETS[name]
}

/** Returns the port of the gateway's operator server, which runs if the demo has taken a country in. */
export function operatorPort(base: number): number {
  return base + OPERATOR_OFFSET
}

/** Returns the port of the auditors' GraphQL. */
export function oversightPort(base: number): number {
  return base + OVERSIGHT_OFFSET
}

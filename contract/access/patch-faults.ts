/** What is wrong with a country's patch of the contract ({@link SdlPatch}). Gateway and node check it when they load the country's file. */
import { type DocumentNode, Kind } from 'graphql'
import { suggestionList } from 'graphql/jsutils/suggestionList.js'
import type { Domain } from '../domain.ts'
import { readSdlFloor } from './sdl-faults.ts'
import { patchSdl, type SdlPatch } from './sdl-patch.ts'
import { listPlaces } from './sdl-places.ts'

/** A domain that a patch may concern. */
export interface PatchableDomain {
  readonly domain: Domain
  /** The domain in the contract. */
  readonly contract: DocumentNode
  /** What the country publishes of it without the patch: its own SDL, or the contract's; null if it does not publish the domain. */
  readonly published: DocumentNode | null
}

/** One fault. `path` leads to the setting in the country's file: `['tighten', 'Case.court']`, `['withhold', 0]`. */
export interface PatchFault {
  readonly path: readonly (string | number)[]
  /** What was expected, what came, and the remedy. */
  readonly text: string
}

/**
 * Finds the faults of a patch: coordinates that no published domain has, fields that cannot be withheld, what is both tightened and withheld, and
 * policies that nobody decides.
 * @param decides whether the country has a policy for a name.
 * @returns the faults in the order of the patch.
 */
export function findPatchFaults(
  patch: SdlPatch,
  domains: readonly PatchableDomain[],
  decides: (policy: string) => boolean,
): readonly PatchFault[] {
  const tightened = [...patch.tighten].flatMap(([coordinate, { policies = [] }]): readonly PatchFault[] => {
    const path = ['tighten', coordinate]
    const unknown = describeUnknown(coordinate, domains)
    if (unknown !== null) return [{ path, text: unknown }]
    const withheld = findWithheld(coordinate, patch, domains)
    if (withheld !== null) {
      const text = `expected something that is published; came ${coordinate}, which is not: ${withheld}. Remove this line, or what withholds it.`
      return [{ path, text }]
    }
    return findUndecided(policies.flat(), domains, decides).map((text) => ({ path, text }))
  })
  const withheld = patch.withhold.flatMap((coordinate, index): readonly PatchFault[] => {
    const text = describeUnknown(coordinate, domains) ?? describeKept(coordinate, patch, domains)
    return text === null ? [] : [{ path: ['withhold', index], text }]
  })
  return [...tightened, ...withheld]
}

/** Says why nothing that is published has a coordinate; null if something has it. */
function describeUnknown(coordinate: string, domains: readonly PatchableDomain[]): string | null {
  const published = domains.filter((each) => each.published !== null)
  if (published.some((each) => each.published !== null && listCoordinates(each.published).has(coordinate))) return null
  const came = `expected a type or a field that the country publishes; came ${coordinate}`
  const reduced = published.find(({ contract }) => listCoordinates(contract).has(coordinate))
  if (reduced !== undefined)
    return `${came}, which the SDL of domains.${reduced.domain}.sdl leaves out already. Remove this line.`
  const elsewhere = domains.find(({ contract }) => listCoordinates(contract).has(coordinate))
  if (elsewhere !== undefined)
    return `${came}, of the domain ${elsewhere.domain}, which this file does not have under \`domains\`. Remove this line, or publish the domain.`
  if (domains.some(({ contract }) => listOthers(contract).has(coordinate)))
    return `${came}, which no caller reads. Name the field whose value it would reveal: its rule then holds here too.`
  const known = published.flatMap(({ contract }) => [...listCoordinates(contract)])
  const [meant] = suggestionList(coordinate, known)
  return `${came}. ${meant === undefined ? 'Correct it, or remove this line.' : `Did you mean ${meant}?`}`
}

/** Says why something cannot be withheld; null if it can. */
function describeKept(coordinate: string, patch: SdlPatch, domains: readonly PatchableDomain[]): string | null {
  const [typeName = ''] = coordinate.split('.')
  if (coordinate === 'Query') return 'expected less than the root of a domain. Remove the domain from `domains`.'
  for (const { published, contract } of domains) {
    if (published === null) continue
    // Whether something may be left out is said by the contract; a field of the country's own by its SDL.
    const type = readSdlFloor(contract).fields.get(coordinate) ?? readSdlFloor(published).fields.get(coordinate)
    if (type?.kind === Kind.NON_NULL_TYPE) {
      return `expected a field that may be null; came ${coordinate}, which is never null. Withhold the fields that return ${typeName}, or the whole type ${typeName}.`
    }
    if (coordinate !== typeName) continue
    const keptWith = (withhold: readonly string[]) => patchSdl(published, { tighten: new Map(), withhold }).kept
    const others = keptWith(patch.withhold.filter((each) => each !== coordinate))
    const field = [...keptWith(patch.withhold).keys()].find((each) => !others.has(each))
    if (field !== undefined) {
      return `expected a type that can be left out; came ${coordinate}, without which ${field}, which is never null, could not be answered. Withhold nullable fields instead.`
    }
  }
  return null
}

/** Says why a coordinate that somebody publishes is withheld everywhere; null if it is not. */
function findWithheld(coordinate: string, patch: SdlPatch, domains: readonly PatchableDomain[]): string | null {
  let reason: string | null = null
  for (const { published } of domains) {
    if (published === null || !listCoordinates(published).has(coordinate)) continue
    const { document, withheld } = patchSdl(published, { ...patch, tighten: new Map() })
    if (listCoordinates(document).has(coordinate)) return null
    reason = withheld.get(coordinate) ?? withheld.get(coordinate.split('.', 1).join()) ?? 'it is withheld'
  }
  return reason
}

function findUndecided(
  policies: readonly string[],
  domains: readonly PatchableDomain[],
  decides: (policy: string) => boolean,
): readonly string[] {
  const ofContract = new Set(domains.flatMap(({ contract }) => [...readSdlFloor(contract).policies]))
  return [...new Set(policies)]
    .filter((name) => !ofContract.has(name) && !decides(name))
    .map(
      (name) =>
        `expected a policy of the country for "${name}"; came none, so nobody could read this. Write @policy("${name}") before a permit in the country's policies, or correct the name.`,
    )
}

/** Lists the types and fields of an SDL that callers read. */
function listCoordinates(document: DocumentNode): ReadonlySet<string> {
  const read = listPlaces(document).filter(({ at, kind }) => kind === 'type' && at !== 'argument')
  return new Set(read.map(({ coordinate }) => coordinate))
}

/** Lists the other types of an SDL: scalars, enums, input types and their fields. */
function listOthers(document: DocumentNode): ReadonlySet<string> {
  const others = listPlaces(document).filter(({ at, kind }) => at === 'input' || (at === 'type' && kind !== 'type'))
  return new Set(others.map(({ coordinate }) => coordinate))
}

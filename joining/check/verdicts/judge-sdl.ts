import type { DocumentNode } from 'graphql'
import { loosened } from '../../../contract/access/loosened.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import { findSdlFaults, readSdlFloor } from '../../../contract/access/sdl-faults.ts'
import type { Finding } from '../finding.ts'
import { describeRuleAt } from './describe-rule.ts'

/** The verdict on an SDL, with the coordinates that it names. */
export interface SdlVerdict {
  readonly findings: readonly Finding[]
  readonly coordinates: ReadonlySet<string>
}

/** Judges an SDL as node and gateway do when they load it. */
export function judgeSdl(
  own: DocumentNode,
  contract: DocumentNode,
  decides: (policy: string) => boolean,
  place: string,
): SdlVerdict {
  const faults = findFaults(own, contract, decides)
  if (faults.length > 0) {
    const findings = faults.map(
      (fault): Finding => ({ id: 'SDL_WRONG', place: placeOf(place, fault), details: { fault } }),
    )
    return { findings, coordinates: new Set(faults.flatMap((fault) => coordinateIn(fault))) }
  }
  const coordinates = loosened(readRuleTable(contract), own)
  const findings = coordinates.map((coordinate): Finding => {
    const [before, after] = [contract, own].map((document) => describeRuleAt(document, coordinate))
    return { id: 'SDL_LOOSER', place: coordinate, details: { before: before ?? '', after: after ?? '' } }
  })
  return { findings, coordinates: new Set(coordinates) }
}

/** A rule that cannot be read is a fault too. */
function findFaults(
  own: DocumentNode,
  contract: DocumentNode,
  decides: (policy: string) => boolean,
): readonly string[] {
  try {
    return findSdlFaults(own, readSdlFloor(contract), decides)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** Puts the line of a fault behind the place: `domains.persons.sdl:12`. */
export function placeOf(place: string, fault: string): string {
  const line = /^line (\d+):/.exec(fault)?.[1]
  return line === undefined ? place : `${place}:${line}`
}

/** Returns the first coordinate in a fault. */
export function coordinateIn(fault: string): readonly string[] {
  const found = /\b[A-Z]\w*\.\w+(?:\(\w+:\))?/.exec(fault)?.[0]
  return found === undefined ? [] : [found]
}

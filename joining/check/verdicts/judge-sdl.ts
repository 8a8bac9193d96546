import type { DocumentNode } from 'graphql'
import { loosened } from '../../../contract/access/loosened.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import {
  describeSdlFault,
  describeSdlProblem,
  MalformedRule,
  type SdlProblem,
} from '../../../contract/access/sdl-fault.ts'
import { findSdlFaults, readSdlFloor } from '../../../contract/access/sdl-faults.ts'
import { type Said, sayBoth } from '../../../contract/said.ts'
import { describeRuleAt } from '../../../subgraphs/kit/compare-rules.ts'
import type { Finding } from '../finding.ts'

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
      (fault): Finding => ({ id: 'SDL_WRONG', place: placeOf(place, fault), details: { fault: sayFault(fault) } }),
    )
    return { findings, coordinates: new Set(faults.flatMap(({ details }) => details.place ?? [])) }
  }
  const coordinates = loosened(readRuleTable(contract), own)
  const findings = coordinates.map((coordinate): Finding => {
    const [before, after] = [contract, own].map((document) => describeRuleAt(document, coordinate))
    return { id: 'SDL_LOOSER', place: coordinate, details: { before: before ?? '', after: after ?? '' } }
  })
  return { findings, coordinates: new Set(coordinates) }
}

/** A fault, as far as it is known: one of a rule that cannot be read has no line. */
export type JudgedFault = SdlProblem & { readonly line?: number }

/** A rule that cannot be read is a fault too. */
function findFaults(
  own: DocumentNode,
  contract: DocumentNode,
  decides: (policy: string) => boolean,
): readonly JudgedFault[] {
  try {
    return findSdlFaults(own, readSdlFloor(contract), decides)
  } catch (error) {
    if (!(error instanceof MalformedRule)) throw error
    return [error.problem]
  }
}

/** Puts the line of a fault behind the place: `domains.persons.sdl:12`. */
export function placeOf(place: string, { line }: JudgedFault): string {
  return line === undefined ? place : `${place}:${line}`
}

/** Says a fault in each language. */
export function sayFault({ line, ...problem }: JudgedFault): Said {
  return sayBoth((language) =>
    line === undefined ? describeSdlProblem(problem, language) : describeSdlFault({ line, ...problem }, language),
  )
}

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
import { sayBoth } from '../../../contract/said.ts'
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
    const coordinates = new Set(faults.flatMap(({ details }) => details.place ?? []))
    return { findings: faults.map((fault) => toWrong('SDL_WRONG', place, fault)), coordinates }
  }
  const coordinates = loosened(readRuleTable(contract), own)
  return { findings: coordinates.map(toLooser('SDL_LOOSER', contract, own)), coordinates: new Set(coordinates) }
}

/** A fault, as far as it is known: one of a rule that cannot be read has no line. */
type JudgedFault = SdlProblem & { readonly line?: number }

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

/** Makes the finding of a fault. Its place has the line: `domains.persons.sdl:12`. */
export function toWrong(id: 'SDL_WRONG' | 'GRAPH_WRONG', place: string, { line, ...problem }: JudgedFault): Finding {
  const fault = sayBoth((language) =>
    line === undefined ? describeSdlProblem(problem, language) : describeSdlFault({ line, ...problem }, language),
  )
  return { id, place: line === undefined ? place : `${place}:${line}`, details: { fault } }
}

/** Makes what makes the finding of a coordinate that `own` opens wider than `floor`. */
export function toLooser(id: 'SDL_LOOSER' | 'GRAPH_LOOSER', floor: DocumentNode, own: DocumentNode) {
  return (place: string): Finding => {
    const [before = '', after = ''] = [floor, own].map((document) => describeRuleAt(document, place))
    return { id, place, details: { before, after } }
  }
}

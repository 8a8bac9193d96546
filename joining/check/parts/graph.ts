import { readDomainFloor } from '../../../contract/access/domain-floor.ts'
import { loosened } from '../../../contract/access/loosened.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import { findSdlFaults } from '../../../contract/access/sdl-faults.ts'
import { said } from '../../../contract/said.ts'
import { describeRuleAt } from '../../../subgraphs/kit/compare-rules.ts'
import { type CheckContext, decidesPolicy, publishedSdl } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'
import { judgeSdl, placeOf, sayFault } from '../verdicts/judge-sdl.ts'

/**
 * Checks what the country publishes beside the graph that the gateway serves, which may be of another version than this command. What is wrong
 * beside the contract too was said there.
 * @throws {NotChecked} without a supergraph.
 */
export function checkGraph(context: CheckContext): readonly Finding[] {
  const { supergraph, modules } = context
  if (supergraph === null) throw new NotChecked('--supergraph FILE')
  const rules = readRuleTable(supergraph)
  return modules.flatMap((module): readonly Finding[] => {
    const own = publishedSdl(context, module)
    const place = `domains.${module.domain}.sdl`
    const floor = readDomainFloor(supergraph, module.domain)
    if (floor.fields.size === 0) {
      const fault = said(`the graph has no subgraph ${module.domain}`, `el grafo no tiene el subgrafo ${module.domain}`)
      return [{ id: 'GRAPH_WRONG', place, details: { fault } }]
    }
    const judged = judgeSdl(own, module.typeDefs, decidesPolicy(context), place)
    if (judged.findings.some(({ id }) => id === 'SDL_WRONG')) return []
    const faults = findSdlFaults(own, floor, decidesPolicy(context))
    if (faults.length > 0) {
      return faults.map(
        (fault): Finding => ({ id: 'GRAPH_WRONG', place: placeOf(place, fault), details: { fault: sayFault(fault) } }),
      )
    }
    return loosened(rules, own)
      .filter((coordinate) => !judged.coordinates.has(coordinate))
      .map((coordinate): Finding => {
        const [before, after] = [supergraph, own].map((document) => describeRuleAt(document, coordinate))
        return { id: 'GRAPH_LOOSER', place: coordinate, details: { before: before ?? '', after: after ?? '' } }
      })
  })
}

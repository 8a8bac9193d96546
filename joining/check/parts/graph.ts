import { readDomainFloor } from '../../../contract/access/domain-floor.ts'
import { loosened } from '../../../contract/access/loosened.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import { findSdlFaults } from '../../../contract/access/sdl-faults.ts'
import { sayBoth } from '../../../contract/said.ts'
import { type CheckContext, decidesPolicy, publishedSdl } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'
import { judgeSdl, toLooser, toWrong } from '../verdicts/judge-sdl.ts'
import { checkWords } from '../words.ts'

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
      const fault = sayBoth((language) => checkWords(language)('details.noSubgraph', { domain: module.domain }))
      return [{ id: 'GRAPH_WRONG', place, details: { fault } }]
    }
    const judged = judgeSdl(own, module.typeDefs, decidesPolicy(context), place)
    if (judged.findings.some(({ id }) => id === 'SDL_WRONG')) return []
    const faults = findSdlFaults(own, floor, decidesPolicy(context))
    if (faults.length > 0) return faults.map((fault) => toWrong('GRAPH_WRONG', place, fault))
    return loosened(rules, own)
      .filter((coordinate) => !judged.coordinates.has(coordinate))
      .map(toLooser('GRAPH_LOOSER', supergraph, own))
  })
}

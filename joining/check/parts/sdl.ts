import { readDomainFloor } from '../../../contract/access/domain-floor.ts'
import { loosened } from '../../../contract/access/loosened.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import { findSdlFaults } from '../../../contract/access/sdl-faults.ts'
import { sayBoth } from '../../../contract/said.ts'
import type { DomainModule } from '../../../subgraphs/kit/types.ts'
import { type CheckContext, decidesPolicy, lacksRules, publishedSdl } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'
import { diffSchemas } from '../verdicts/diff-schemas.ts'
import { judgeSdl, toLooser, toWrong } from '../verdicts/judge-sdl.ts'
import { findPiiFaults } from '../verdicts/pii.ts'
import { checkWords } from '../words.ts'

/**
 * Checks the SDL of each domain beside the contract: what gateway and node check when they load it, personal data, and everything in which
 * the two schemas differ.
 * @throws {NotChecked} without a country file.
 */
export async function checkSdl(context: CheckContext): Promise<readonly Finding[]> {
  if (context.rules === null) throw lacksRules(context)
  const findings = await Promise.all(context.modules.map((module) => checkDomain(context, module)))
  return findings.flat()
}

async function checkDomain(context: CheckContext, module: DomainModule): Promise<readonly Finding[]> {
  const own = publishedSdl(context, module)
  const place = `domains.${module.domain}.sdl`
  const pii = findPiiFaults(module.typeDefs, own)
  if (own === module.typeDefs) return pii
  const judged = judgeSdl(own, module.typeDefs, decidesPolicy(context), place)
  const known = new Set([...judged.coordinates, ...pii.map((finding) => finding.place)])
  const changes = await diffSchemas(module.typeDefs, own)
  return [...judged.findings, ...pii, ...changes.filter(({ place: coordinate }) => !known.has(coordinate))]
}

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

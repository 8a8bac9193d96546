import type { DomainModule } from '../../../subgraphs/kit/types.ts'
import { type CheckContext, decidesPolicy, publishedSdl } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'
import { diffSchemas } from '../verdicts/diff-schemas.ts'
import { judgeSdl } from '../verdicts/judge-sdl.ts'
import { findPiiFaults } from '../verdicts/pii.ts'

/**
 * Checks the SDL of each domain beside the contract: what gateway and node check when they load it, personal data, and everything in which
 * the two schemas differ.
 * @throws {NotChecked} without a country file.
 */
export async function checkSdl(context: CheckContext): Promise<readonly Finding[]> {
  if (context.rules === null) throw new NotChecked('--rules FILE')
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

import { readFile } from 'node:fs/promises'
import { buildASTSchema, GraphQLError, parse, validate } from 'graphql'
import { z } from 'zod'
import { readSdlFloor } from '../../../contract/access/sdl-faults.ts'
import { ConfigError } from '../../../service/config-error.ts'
import { createCoordinates } from '../../../subgraphs/kit/audit-log/node-audit-log.ts'
import { type CheckContext, publishedSdl } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'

const LIST = z.record(z.string().min(1), z.string().min(1))

/**
 * Checks the operations that the gateway trusts (its `--documents`): whether each fits the graph, and which of its fields the country does not publish.
 * @throws {NotChecked} without the list, or without the graph.
 * @throws {ConfigError} if the list cannot be read.
 */
export async function checkOperations(context: CheckContext): Promise<readonly Finding[]> {
  const { supergraph, options } = context
  if (options.operations === undefined) throw new NotChecked('--operations FILE')
  if (supergraph === null) throw new NotChecked('--supergraph FILE')
  const operations = await readOperations(options.operations)
  const schema = buildASTSchema(supergraph, { assumeValid: true, assumeValidSDL: true })
  const [withheld, coordinatesIn] = [listWithheld(context), createCoordinates(schema)]
  return Object.entries(operations).flatMap(([id, text]): readonly Finding[] => {
    const place = `operation ${id}`
    try {
      for (const fault of validate(schema, parse(text))) throw fault
      const fields = coordinatesIn(text).filter((coordinate) => withheld.has(coordinate))
      return fields.length === 0 ? [] : [{ id: 'OPERATION_PARTLY', place, details: { fields: fields.join(', ') } }]
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return [{ id: 'OPERATION_WRONG', place, details: { fault: error.message } }]
    }
  })
}

async function readOperations(file: string): Promise<z.output<typeof LIST>> {
  try {
    return LIST.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const expected = 'expected a JSON object of ids, each with the text of a document'
    throw new ConfigError(`${file}: ${expected}. Correct --operations.`, { cause })
  }
}

/** Lists the fields of the contract that the country leaves out of a domain of its own, and that no other domain of it has. */
function listWithheld(context: CheckContext): ReadonlySet<string> {
  const published = new Set(
    context.modules.flatMap((module) => [...readSdlFloor(publishedSdl(context, module)).fields.keys()]),
  )
  const contract = context.modules.flatMap(({ typeDefs }) => [...readSdlFloor(typeDefs).fields.keys()])
  return new Set(contract.filter((coordinate) => !published.has(coordinate)))
}

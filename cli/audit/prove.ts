import { writeFile } from 'node:fs/promises'
import { type AuditCommand, type AuditRequest, textArgument, textOption } from './command.ts'
import { findEntry } from './find-entry.ts'
import { logOptions, openLogOption } from './inputs.ts'

/** `istmo audit prove`: writes the bundle that shows, without the log, that an entry is in it. */
export const proveCommand: AuditCommand = {
  name: 'prove',
  description: 'write a bundle that proves one entry without the log',
  define: (command) =>
    logOptions(command.argument('<entry>', 'the entry’s id, or its index in the log')).option(
      '--out <file>',
      'where the bundle goes; default <entry>.tlog-proof',
    ),
  run: async (request, io) => {
    const reader = await openLogOption(request)
    const wanted = textArgument(request, 0)
    const found = await findEntry(reader, wanted, io)
    if (found === undefined) {
      const text = `DOES NOT HOLD: ${reader.log.name} has no entry ${wanted} among its ${reader.head.checkpoint.size}.`
      return { verdict: 'FAILS', text, json: { entry: wanted } }
    }
    const { proof, head, index } = await reader.prove(found.index)
    const path = outOf(request, wanted)
    await writeFile(path, proof)
    const witnesses = head.cosignatures.map(({ witness }) => witness.name)
    const seen = head.isInQuorum
      ? `in quorum: ${witnesses.join(', ') || 'the policy asks for no witnesses'}`
      : 'NOT in quorum yet: prove again when witnesses have seen it'
    const text = `${path}: entry ${index} of ${reader.log.name}, under the checkpoint of ${head.checkpoint.size} entries, ${seen}`
    const json = {
      bundle: path,
      index,
      origin: reader.log.name,
      size: head.checkpoint.size,
      inQuorum: head.isInQuorum,
      witnesses,
    }
    return { verdict: head.isInQuorum ? 'HOLDS' : 'UNTOLD', text, json }
  },
}

function outOf(request: AuditRequest, wanted: string): string {
  return textOption(request, 'out') ?? `${wanted}.tlog-proof`
}

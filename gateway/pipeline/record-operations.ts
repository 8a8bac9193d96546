import { getOperationAST } from 'graphql'
import type { TrailOperation } from '../types/flow.ts'
import type { Engine } from './engine.ts'
import type { Layer } from './layers.ts'

/** What the trail of an operation says about the graph that answers it. */
export type GraphInForce = Pick<TrailOperation, 'graph' | 'rules'>

/** What {@link recordOperations} works with. */
export interface OperationRecording {
  readonly graph: () => GraphInForce
  /** Whether the audit log lacks a quorum of witnesses at this moment. */
  readonly isUnwitnessed: () => boolean
  /**
   * Whether a text is one of the trusted documents. Only the names of their operations are recorded: anybody else may name an operation after
   * a person.
   */
  readonly isTrusted: (source: string) => boolean
}

/**
 * Notes each operation and the codes of its errors in the request's trail, from which the audit log's entry is made. An answer says
 * `extensions.record: "UNWITNESSED"` while the audit log has no quorum of witnesses.
 */
export function recordOperations({ graph, isUnwitnessed, isTrusted }: OperationRecording): Layer<Engine> {
  return (engine) => ({
    ...engine,
    async execute(request, context) {
      const { document, operationName, variables, source } = request
      const { trail } = context
      if (trail) {
        const name = isTrusted(source) ? getOperationAST(document, operationName)?.name?.value : undefined
        trail.operation = { document, name, variables, ...graph() }
      }
      const answer = await engine.execute(request, context)
      if (trail) trail.codes = (answer.errors ?? []).map(({ extensions }) => String(extensions?.code))
      if (!isUnwitnessed()) return answer
      return { ...answer, extensions: { ...answer.extensions, record: 'UNWITNESSED' } }
    },
  })
}

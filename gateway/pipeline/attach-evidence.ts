import type { EngineAnswer, SendLeg } from '../types/flow.ts'
import type { Evidence } from '../types/question.ts'
import type { Engine } from './engine.ts'
import type { Layer } from './layers.ts'

/** Puts the evidence of a request into its answer, as `extensions.istmo.evidence` (docs/design/trust.md, Evidence). */
export function attachEvidence(): Layer<Engine> {
  return (engine) => ({
    ...engine,
    execute(request, context) {
      const answering = engine.execute(request, context)
      return context.evidence === undefined ? answering : addEvidence(answering, context.evidence)
    },
  })
}

async function addEvidence(answering: Promise<EngineAnswer>, evidence: Evidence): Promise<EngineAnswer> {
  const answer = await answering
  return { ...answer, extensions: { ...answer.extensions, istmo: { evidence: evidence.list() } } }
}

/** Collects the evidence of each leg. It is the outermost layer: only it sees what the other layers let through. */
export function collectEvidence(): Layer<SendLeg> {
  return (sendLeg) => (leg, request) => {
    const { evidence } = request
    if (evidence === undefined) return sendLeg(leg, request)
    return sendLeg(leg, request).then((answer) => {
      if (answer.kind === 'answered' && leg.country !== null) evidence.add(answer.evidence)
      return answer
    })
  }
}

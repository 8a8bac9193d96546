import type { Engine } from './engine.ts'
import type { Layer } from './layers.ts'

/** Puts the evidence of a request into its answer, as `extensions.istmo.evidence` (docs/design/trust.md, Evidence). */
export function attachEvidence(): Layer<Engine> {
  return (engine) => ({
    ...engine,
    async execute(request, context) {
      const answer = await engine.execute(request, context)
      if (context.evidence === undefined) return answer
      return { ...answer, extensions: { ...answer.extensions, istmo: { evidence: context.evidence.list() } } }
    },
  })
}

/**
 * Ordered lists of what surrounds an operation and a leg. `gateway/main.ts` has one list for the life of a request and one for the
 * life of a leg: each reads from the outermost layer to the innermost, like the picture in ARCHITECTURE.md.
 */

/** A function that surrounds a step with something that happens before it, after it, or in its place. */
export type Layer<Step> = (next: Step) => Step

/**
 * Builds one step out of layers and the step that they surround.
 * @param layers from the outermost to the innermost; null for a layer that the settings turn off.
 * @param innermost the step that does the work.
 */
export function applyLayers<Step>(layers: readonly (Layer<Step> | null)[], innermost: Step): Step {
  return layers.reduceRight((next, layer) => (layer === null ? next : layer(next)), innermost)
}

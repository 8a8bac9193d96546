/** The steps of the tour, in order. The words of each are `tour.steps` of the catalogue. */

/** What one step shows. */
export interface TourStep {
  readonly name: 'line' | 'name' | 'dossier' | 'network' | 'cases' | 'counts' | 'law' | 'kidnapping' | 'end'
  /** The place that it leads to, in the router's form; null if it leads nowhere. */
  readonly to: '/' | '/person/$id' | '/network/$id' | '/cases' | '/counts' | '/law' | null
  /** The record of a place with a record. */
  readonly id?: string
  /** What the officer is to type, exactly. */
  readonly type?: string
}

/** The person of the demo’s first story: a record in three countries (demo/generator/stories/stories.yaml). */
const ERICK = 'GT:P-000001'

/** The person of the story of a kidnapping (demo/generator/stories/stories.yaml). */
const JORGE = 'GT:P-000013'

/** All steps. A test compares their persons with the demo’s stories. */
export const TOUR_STEPS: readonly TourStep[] = [
  { name: 'line', to: null },
  { name: 'name', to: '/', type: 'Erik Ramires Gusman' },
  { name: 'dossier', to: '/person/$id', id: ERICK },
  { name: 'network', to: '/network/$id', id: ERICK },
  { name: 'cases', to: '/cases' },
  { name: 'counts', to: '/counts' },
  { name: 'law', to: '/law' },
  { name: 'kidnapping', to: '/person/$id', id: JORGE },
  { name: 'end', to: null },
]

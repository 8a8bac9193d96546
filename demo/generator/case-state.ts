import type { CourtStage } from '../countries.ts'
import type { Random } from './random.ts'

/** The progress of a made-up case: a category, and a status that fits it. */

const STATUSES = {
  COMPLAINT: { OPEN: 4, ARCHIVED: 2, SUSPENDED: 1 },
  INVESTIGATION: { OPEN: 6, SUSPENDED: 1, ARCHIVED: 2 },
  PROSECUTION: { CHARGED: 5, SUSPENDED: 1 },
  COURT: { IN_TRIAL: 5, ADJUDICATED: 4, SUSPENDED: 1 },
  APPEAL: { IN_TRIAL: 2, ADJUDICATED: 3 },
  ASSET_FORFEITURE: { OPEN: 2, IN_TRIAL: 1, ADJUDICATED: 1 },
} as const

/** A case's category and status, in the form of its row. */
export interface CaseState {
  readonly category: keyof typeof STATUSES
  readonly status: string
}

/** Draws the state of a case. Each state is as frequent as in practice. */
export function makeState(random: Random): CaseState {
  const category = random.weighted({
    COMPLAINT: 3,
    INVESTIGATION: 8,
    PROSECUTION: 5,
    COURT: 6,
    APPEAL: 2,
    ASSET_FORFEITURE: 1,
  })
  return { category, status: random.weighted<string>(STATUSES[category]) }
}

/** Returns the stage of court at which a case of this category is, or null if it is not at court. */
export function stageOf(category: CaseState['category']): CourtStage | null {
  return STAGES[category]
}

const STAGES: Readonly<Record<CaseState['category'], CourtStage | null>> = {
  COMPLAINT: null,
  INVESTIGATION: null,
  PROSECUTION: 'INSTANCE',
  COURT: 'TRIAL',
  APPEAL: 'APPEAL',
  ASSET_FORFEITURE: 'INSTANCE',
}

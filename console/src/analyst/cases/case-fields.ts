import type { CaseFilter } from '../../documents/operation-types.ts'
import { draftOf, type OffenceDraft } from '../offence-draft.ts'

/** Which cases of which countries are asked for. `countries`: null stands for those of the mandate. */
export interface AskedCases {
  readonly filter: CaseFilter
  readonly countries: readonly string[] | null
}

/** The fields of the form, as an officer fills them in. An empty text stands for no limit. */
export interface CaseFields {
  readonly from: string
  readonly to: string
  readonly iccs: OffenceDraft
  readonly isOrganised: boolean
  readonly status: string
  readonly countries: readonly string[] | null
}

/** Reads what the fields ask for. */
export function readFields({ from, to, iccs, isOrganised, status, countries }: CaseFields): AskedCases {
  const { codes } = iccs
  const filter: CaseFilter = {
    ...(from !== '' && { filedFrom: from }),
    ...(to !== '' && { filedTo: to }),
    ...(codes.length > 0 && { iccs: codes }),
    ...(isOrganised && { organisedCrime: true }),
    ...(status !== '' && { status: [status] }),
  }
  return { filter, countries }
}

/** Fills the fields with what was asked before; without it, they ask for every case. */
export function writeFields(asked: AskedCases | null): CaseFields {
  const { filedFrom, filedTo, iccs, organisedCrime, status } = asked?.filter ?? {}
  return {
    from: filedFrom ?? '',
    to: filedTo ?? '',
    iccs: draftOf(iccs ?? []),
    isOrganised: organisedCrime ?? false,
    status: status?.[0] ?? '',
    countries: asked?.countries ?? null,
  }
}

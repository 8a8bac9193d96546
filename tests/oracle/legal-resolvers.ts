import { compareBytes } from '../../contract/cursor.ts'
import { type AnswerContext, answering, outcomesOf, type PageArguments } from './answering.ts'
import { ICCS_CLASSES } from './make-rows.ts'
import { type ClassArguments, classMatches, isInForceFor } from './matching.ts'
import {
  byId,
  country,
  type Every,
  every,
  isOf,
  own,
  owned,
  type PlainResolver,
  provenance,
  type Reference,
  type ResolverMap,
  refer,
  referAll,
  root,
  values,
} from './plain-resolvers.ts'
import type { InstrumentRow, MlaRow, StatuteRow } from './rows.ts'

const isVisible = ({ status }: MlaRow): boolean => status !== 'DRAFT'

/** Finds the statute with this id. */
export const findStatute = (context: AnswerContext, id: string): StatuteRow | undefined =>
  context.rows.statutes.find((row) => row.id === id)

/** Finds the instrument with this id. */
export const findInstrument = (context: AnswerContext, id: string): InstrumentRow | undefined =>
  context.rows.instruments.find((row) => row.id === id)

/** Finds the request with this id. Only its own country sees a draft, and no caller in these tests is of a country. */
export const findMla = (context: AnswerContext, id: string): MlaRow | undefined =>
  context.rows.mlaRequests.find((row) => row.id === id && isVisible(row))

/** At least four years (UNTOC, article 2(b)). */
const SERIOUS_MONTHS = 48

const legalQuery: Readonly<Record<string, PlainResolver>> = {
  statute: root('legal', findStatute),
  statutes: every(
    'legal',
    ({ rows }, _root: unknown, { iccs }: Every & PageArguments & { iccs?: readonly string[] | null }) =>
      rows.statutes.filter(
        (row) => iccs == null || row.iccs?.some((code) => iccs.some((wanted) => code.startsWith(wanted))),
      ),
    byId,
  ),
  iccsClasses(_root: unknown, args: ClassArguments & { publishers?: readonly string[] | null }, context, info) {
    const parts = context.spread('legal', args.publishers, info)
    const classes = answering(parts).flatMap((country) =>
      ICCS_CLASSES.filter((row) => classMatches(row, args)).map((row) => ({ ...row, country })),
    )
    return { classes, outcomes: outcomesOf(parts, context) }
  },
  legalInstrument: root('legal', findInstrument),
  legalInstruments(
    _root: unknown,
    args: { binding: readonly string[]; depositaries?: readonly string[] | null },
    context,
    info,
  ) {
    const parts = context.spread('legal', args.depositaries, info)
    const binds = ({ participations }: InstrumentRow): boolean =>
      args.binding.every((code) => participations.some((one) => one.country === code && one.boundOn !== null))
    const instruments = answering(parts).flatMap((code) =>
      referAll(
        context.rows.instruments
          .filter(isOf([code]))
          .filter(binds)
          .map(({ id }) => id),
      ),
    )
    return { instruments, outcomes: outcomesOf(parts, context) }
  },
  mlaRequest: root('legal', findMla),
  mlaRequests: every(
    'legal',
    (
      { rows },
      _root: unknown,
      args: Every & PageArguments & { requestedCountry?: string | null; status?: readonly string[] | null },
    ) =>
      rows.mlaRequests.filter(
        (row) =>
          isVisible(row) &&
          (args.requestedCountry == null || row.requestedCountry === args.requestedCountry) &&
          (args.status == null || args.status.includes(row.status)),
      ),
    byId,
  ),
  dualCriminality(_root: unknown, args: { countries: readonly string[]; iccs: string }, context, info) {
    const parts = context.spread('legal', args.countries, info)
    const perCountry = answering(parts).map((code) => {
      const rows = context.rows.statutes.filter(isOf([code])).filter((row) => isInForceFor(row, args.iccs))
      const isSerious = rows.some(
        ({ maxPenaltyMonths }) => maxPenaltyMonths !== null && maxPenaltyMonths >= SERIOUS_MONTHS,
      )
      return { country: code, statutes: referAll(rows.map(({ id }) => id)), untocSeriousCrime: isSerious }
    })
    const isSaid = perCountry.map(({ statutes }) => statutes.length > 0)
    const satisfied = isSaid.includes(false) ? false : isSaid.length < parts.length || isSaid.length === 0 ? null : true
    return { perCountry, satisfied, outcomes: outcomesOf(parts, context) }
  },
}

/** The fields of the domain `legal`. */
export const LEGAL_RESOLVERS: ResolverMap = {
  Query: legalQuery,
  Statute: owned<StatuteRow>('legal', findStatute, {
    ...values('statutes'),
    country,
    untocSeriousCrime: ({ maxPenaltyMonths }) =>
      maxPenaltyMonths === null ? null : maxPenaltyMonths >= SERIOUS_MONTHS,
  }),
  LegalInstrument: owned<InstrumentRow>('legal', findInstrument, {
    ...values('instruments'),
    articles: own<InstrumentRow>(({ articles }) =>
      articles.map((node, i) => ({ place: { key: '', id: String(i + 1).padStart(6, '0') }, node })),
    ),
    participations: ({ participations }, { countries }: Every) =>
      participations
        .filter((one) => countries == null || countries.includes(one.country))
        .toSorted((a, b) => compareBytes(a.country, b.country)),
  }),
  MutualLegalAssistanceRequest: owned<MlaRow>('legal', findMla, {
    ...values('mlaRequests'),
    country,
    provenance,
    legalBasis: ({ legalBasisId }) => refer(legalBasisId),
    case: ({ caseId }) => refer(caseId),
    concerns: ({ concernIds }) => referAll(concernIds),
  }),
  Case: {
    mlaRequests: every(
      'legal',
      ({ rows }, { id }: Reference) =>
        rows.mlaRequests.filter((row) => isVisible(row) && (row.caseId === id || row.concernIds.includes(id))),
      byId,
    ),
  },
}

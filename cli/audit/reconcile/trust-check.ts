import type { Journal } from '../journal/read-journal.ts'
import { checkWitnesses } from './check-witnesses.ts'
import { type Difference, SETTLED_MS } from './classes.ts'
import type { LogEnds } from './compare-legs.ts'
import { createQuestionCheck } from './compare-questions.ts'
import { createTokenCheck } from './compare-tokens.ts'
import { type AuthoritySummary, readAuthority } from './read-authority.ts'
import type { GatewayItem } from './read-gateway.ts'
import type { TimeRange } from './read-window.ts'
import type { CountryLegRecord, GatewayRequestRecord } from './records.ts'
import type { Side } from './sides.ts'

/** Compares both logs with those of the officers' authorities and with the journals of their tools. */
export interface TrustCheck {
  readonly addGatewayItem: (item: GatewayItem) => Promise<void>
  readonly addCountryLeg: (leg: CountryLegRecord) => Promise<void>
  /** Reads the authorities' logs, and yields the differences. To be called after both logs were read. */
  readonly finish: (gateway: LogEnds['gateway'], onEntry: () => void) => AsyncGenerator<Difference>
  readonly close: () => Promise<void>
}

interface TrustOptions extends TimeRange {
  readonly gateway: Pick<Side, 'isExport' | 'size'>
  readonly country: { readonly code: string }
  readonly authorities?: ReadonlyMap<string, Side>
  readonly journals?: readonly Journal[]
  readonly provenSizes?: ReadonlyMap<string, number>
}

/**
 * Creates the check.
 * @param expected how many entries all logs have together
 * @param perPart how many records are in memory
 */
export async function createTrustCheck(options: TrustOptions, expected: number, perPart: number): Promise<TrustCheck> {
  const { gateway, country, authorities = new Map(), journals = [], provenSizes = new Map(), fromMs, untilMs } = options
  const tokens = await createTokenCheck(country.code, authorities.size === 0 ? 0 : expected, perPart)
  const questions = createQuestionCheck(journals)
  const isInRange = (timeMs: number): boolean =>
    timeMs >= (fromMs ?? Number.NEGATIVE_INFINITY) && timeMs < (untilMs ?? Number.POSITIVE_INFINITY)
  const addUse: typeof tokens.addUse = async (use) => {
    if (authorities.has(use.proof.authority) && isInRange(use.untilMs)) await tokens.addUse(use)
  }
  // The legs of a request follow its entry. Legs in an export may lack theirs.
  let last: GatewayRequestRecord | undefined
  return {
    async addGatewayItem(item) {
      if (item.kind === 'REQUEST') {
        last = item.request
        questions.addRequest(item.request)
      }
      if (item.kind !== 'GATEWAY') return
      const { requestId, timeMs, proof } = item.leg
      questions.addGatewayLeg(item.leg)
      const durationMs = last?.id === requestId ? last.durationMs : SETTLED_MS
      if (proof == null) return
      await addUse({ by: 'GATEWAY', requestId, proof, fromMs: timeMs - durationMs, untilMs: timeMs })
    },
    async addCountryLeg(leg) {
      questions.addCountryLeg(leg)
      const { requestId, timeMs, proof } = leg
      if (proof === undefined) return
      // The country logs a leg at its end.
      await addUse({ by: 'COUNTRY', requestId, proof, fromMs: timeMs - SETTLED_MS, untilMs: timeMs })
    },
    async *finish(ends, onEntry) {
      const summaries = new Map<string, AuthoritySummary>()
      for (const [issuer, side] of authorities) {
        const summary = await readAuthority(side, issuer, async (exchange) => {
          onEntry()
          questions.addExchange(exchange)
          await tokens.addExchange(exchange)
        })
        summaries.set(issuer, summary)
        yield* summary.differences
        // What an authority wrote behind its last exchange, such as its stop, is about no leg. It may have stopped before the witnesses saw it.
        const { lastExchange: last } = summary
        if (last !== null) yield* checkWitnesses({ side, endIndex: last.endIndex, lastMs: last.timeMs })
      }
      yield* tokens.finish(summaries, isInRange)
      const around = { country: country.code, gateway: ends, gatewaySize: gateway.size, isExport: gateway.isExport }
      yield* questions.finish({ ...around, provenSizes, isInRange })
    },
    close: () => tokens.close(),
  }
}

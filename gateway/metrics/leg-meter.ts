import { Counter, type Registry } from 'prom-client'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import type { Leg, SendLeg } from '../types/flow.ts'
import { createHistogram, type HistogramOptions } from './cheap-histogram.ts'

/** Name, help and labels of a metric. */
export interface LegMetric {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

/** Counts and times legs. */
export interface LegMeter {
  readonly note: (leg: Leg, outcome: Outcome) => void
  /** Wraps `sendLeg` so that it measures the time of each leg. */
  readonly time: (sendLeg: SendLeg) => SendLeg
}

/** What is counted of the legs to one domain of one country. */
interface LegPlace {
  readonly key: string
  readonly labels: { readonly country: string; readonly domain: string }
  /** By outcome: how many legs ended with it since somebody last read the metrics. */
  readonly ends: Map<string, { readonly outcome: Outcome; count: number }>
  /** The same for {@link ANSWERED}, which almost all legs end with. */
  answered: number
}

/**
 * Counts and times legs. prom-client finds a value by a text of all its labels. Here each leg only adds to a number, and the numbers are handed over
 * when somebody reads the metrics.
 */
export function meterLegs(
  registers: Registry[],
  counted: LegMetric,
  timed: Pick<HistogramOptions, 'name' | 'help' | 'bounds'>,
): LegMeter {
  const places = new Map<string, Map<string, LegPlace>>()
  const placeOf = ({ country, domain }: Leg): LegPlace => {
    const name = country ?? ''
    const known = places.get(name)?.get(domain)
    if (known !== undefined) return known
    const ofCountry = places.get(name) ?? new Map<string, LegPlace>()
    const place: LegPlace = {
      key: `${name} ${domain}`,
      labels: { country: name, domain },
      ends: new Map(),
      answered: 0,
    }
    places.set(name, ofCountry.set(domain, place))
    return place
  }
  const { name, help, labels } = counted
  new Counter({
    name,
    help,
    labelNames: labels,
    registers,
    collect() {
      for (const place of [...places.values()].flatMap((ofCountry) => [...ofCountry.values()])) {
        const { answered, ends } = place
        if (answered > 0) this.inc({ ...place.labels, ...labelsOf(ANSWERED) }, answered)
        for (const { outcome, count } of ends.values()) this.inc({ ...place.labels, ...labelsOf(outcome) }, count)
        place.answered = 0
        ends.clear()
      }
    },
  })
  const { name: nameOfTimes, help: helpOfTimes, bounds } = timed
  const observe = createHistogram({ name: nameOfTimes, help: helpOfTimes, bounds, registers })
  return {
    note(leg, outcome) {
      const place = placeOf(leg)
      if (outcome === ANSWERED) {
        place.answered += 1
        return
      }
      const name = `${outcome.reach} ${outcome.code}`
      const end = place.ends.get(name) ?? { outcome, count: 0 }
      end.count += 1
      place.ends.set(name, end)
    },
    time: (sendLeg) => (leg, request) => {
      const startedAt = performance.now()
      return sendLeg(leg, request).then((answer) => {
        const { key, labels } = placeOf(leg)
        observe(key, labels, (performance.now() - startedAt) / 1_000)
        return answer
      })
    },
  }
}

function labelsOf({ reach, code }: Outcome): { readonly reach: string; readonly code: string } {
  return { reach, code: code ?? 'NONE' }
}

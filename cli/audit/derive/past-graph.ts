import type { Entry, EntryOf } from '../../../contract/audit-log/entry.ts'
import { openReplay, type PastCountry } from '../../../gateway/replay-question.ts'
import type { ContentStore } from '../stored-rules.ts'
import type { OpenGraph } from './derive-question.ts'

/** The graph that a gateway served at the time of a request, from its log and the content store. */

/** A graph entry, with its place in the log. */
interface PlacedGraph {
  readonly index: number
  readonly entry: EntryOf<'graph'>
}

/** Collects the graphs of a log, and finds the one in force. */
export interface PastGraphs {
  readonly add: (index: number, entry: Entry) => void
  /** Returns the last graph that was served before the entry at `index` and has this supergraph. */
  readonly find: (index: number, supergraph: string) => EntryOf<'graph'> | undefined
}

/** Creates the collection. */
export function collectGraphs(): PastGraphs {
  const graphs: PlacedGraph[] = []
  return {
    add(index, entry) {
      if (entry.kind === 'graph' && entry.result === 'SERVED') graphs.push({ index, entry })
    },
    find: (index, supergraph) =>
      graphs.findLast((each) => each.index < index && each.entry.graph === supergraph)?.entry,
  }
}

/** Opens graphs. Many questions have the same one, and opening it takes most of the time, so the last one stays open. */
export interface PastGraphOpener {
  readonly open: (entry: EntryOf<'graph'>, supergraph: string) => Promise<OpenGraph>
  readonly close: () => Promise<void>
}

/** Creates what opens graphs. `open` rejects with a NotStoredError if a text is not in the content store. */
export function createGraphOpener(store: ContentStore): PastGraphOpener {
  let last: { readonly entry: EntryOf<'graph'>; readonly graph: OpenGraph } | undefined
  const close = async (): Promise<void> => last?.graph.replay.close()
  return {
    async open(entry, supergraph) {
      if (last?.entry === entry) return last.graph
      const [supergraphSdl, countries] = await Promise.all([store.text(supergraph), readCountries(entry, store)])
      await close()
      last = { entry, graph: { countries, replay: openReplay({ supergraphSdl, countries }) } }
      return last.graph
    },
    close,
  }
}

/**
 * Reads what the countries published then.
 * @throws {NotStoredError} if a text is not in the content store.
 * @throws {Error} if the entry is of an earlier version, which did not name the domains.
 */
function readCountries({ countries }: EntryOf<'graph'>, store: ContentStore): Promise<readonly PastCountry[]> {
  return Promise.all(
    countries.map(async ({ country, access, domains }): Promise<PastCountry> => {
      if (domains === undefined) throw new Error(`the log does not say which domains ${country} published then`)
      const rules = await store.rules(access)
      const texts = await store.sdl(access)
      return { access: rules.access, sdl: new Map(domains.map((domain) => [domain, texts.get(domain) ?? null])) }
    }),
  )
}
